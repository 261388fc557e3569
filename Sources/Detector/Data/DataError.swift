/// An image or example that can't be used: where it is, and what is wrong with it.
public struct DataError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Where: a file, or an image of a data set.
  public let place: String
  /// What was found, what was expected, and what to do about it.
  public let problem: String

  /// An error at `place`.
  public init(_ place: String, _ problem: String) {
    self.place = place
    self.problem = problem
  }

  /// The place and the problem in one line.
  public var description: String { "\(place): \(problem)" }
}
