import Dispatch
import Foundation

/// Keeps the report of a sweep current while it runs, so that it can be watched in a browser.
public struct LiveReport: Sendable {
  private let plan: SweepPlan
  private let folder: SweepFolder
  private let version: String

  /// The seconds before the report is written first, and those between two at least.
  private static let delay = 2.0, pause = 5.0

  /// The report on `plan` in `folder`.
  ///
  /// - Parameter version: What makes the page, such as `LossKit 1.0.0`.
  public init(_ plan: SweepPlan, in folder: SweepFolder, version: String) {
    (self.plan, self.folder, self.version) = (plan, folder, version)
  }

  /// Does `body`, and writes the report every few seconds until it ends, as a page that loads itself again.
  ///
  /// A report that can't be written, as nothing has begun for instance, is left out.
  public func keep<Failure: Error>(while body: () throws(Failure) -> Void) throws(Failure) {
    let (end, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    Thread {
      var pause = Self.delay
      while end.wait(timeout: .now() + pause) == .timedOut {
        let start = DispatchTime.now().uptimeNanoseconds
        _ = try? SweepReport(plan, in: folder).write(version: version, isLive: true)
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
        // A twentieth of one processor at most: the trials need them.
        pause = max(Self.pause, 20 * seconds)
      }
      ended.signal()
    }.start()
    defer {
      end.signal()
      ended.wait()
    }
    try body()
  }
}
