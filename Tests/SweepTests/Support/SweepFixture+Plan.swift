import LossKit
import Sweep
import Synchronization

extension SweepFixture {
  /// The plan of the sweep file.
  var plan: SweepPlan {
    get throws { try SweepPlan(contentsOf: file, registry: try .builtIn()) }
  }

  /// The folder of the results.
  var results: SweepFolder { SweepFolder(folder.path("out")) }

  /// Runs the sweep, and answers what happened.
  @discardableResult
  func run(concurrency: Int? = nil, retry: Bool = false) throws -> [SweepRunner.Event] {
    let events = Mutex<[SweepRunner.Event]>([])
    try SweepRunner(plan, in: results, losskit: "losskit", concurrency: concurrency)
      .run(retry: retry) { event in events.withLock { $0.append(event) } }
    return events.withLock { $0 }
  }

  /// The values of all trials, in their order.
  var values: [Double?] {
    get throws { try plan.trials.map { try results.result($0.index)?.value } }
  }
}
