import LossKit
import Sweep
import Synchronization
import Testing

extension SweepFixture {
  /// The plan of the sweep file.
  var plan: SweepPlan {
    get throws { try SweepPlan(contentsOf: file, registry: try .builtIn()) }
  }

  /// The folder of the results.
  var results: SweepFolder { SweepFolder(folder.path("out")) }

  /// Runs the sweep, and answers what happened.
  @discardableResult
  func run(
    concurrency: Int? = nil, retry: Bool = false, version: String = "LossKit"
  ) throws -> [SweepRunner.Event] {
    let events = Mutex<[SweepRunner.Event]>([])
    try SweepRunner(
      plan, in: results, losskit: "losskit", concurrency: concurrency, version: version
    )
    .run(retry: retry) { event in events.withLock { $0.append(event) } }
    return events.withLock { $0 }
  }

  /// Replaces a text in the sweep file.
  func change(_ old: String, _ new: String) throws {
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let changed = text.replacing(old, with: new)
    try #require(changed != text)
    try folder.write(changed, to: "sweep.json")
  }

  /// Why the sweep can't be run; empty where it can.
  var complaint: String {
    do {
      try run()
      return ""
    } catch {
      return "\(error)"
    }
  }

  /// The values of all trials, in their order.
  var values: [Double?] {
    get throws {
      try results.check(against: plan).trials.map { try results.result($0.index)?.value }
    }
  }
}
