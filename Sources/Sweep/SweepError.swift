import Bundle
import Foundation
import StrictJSON

/// Why a sweep, or a trial of it, can't be run or read.
public struct SweepError: Error, Equatable, CustomStringConvertible {
  /// The file or folder that it is about.
  public let place: String
  /// What is wrong, what was expected and what to do about it.
  public let problem: String

  init(_ place: String, _ problem: String) {
    self.place = place
    self.problem = problem
  }

  init(_ error: BundleError) {
    self.init(error.file, error.message)
  }

  /// The error that the system call just made left in `errno`.
  static func system(_ action: String, _ place: String) -> SweepError {
    SweepError(place, "cannot \(action): \(String(cString: strerror(errno)))")
  }

  public var description: String { "\(place): \(problem)" }
}

extension SweepError: LinedError {
  /// The place and the problem, which lists what has changed in lines of its own.
  public var lines: [String] {
    "\(Diagnostic.visible(place)): \(problem)".split(separator: "\n").map(String.init)
  }
}
