import CommandLineKit
import LossKit
import Sweep

/// What a sweep would run, and how long that may take.
struct SweepForecast {
  private let plan: SweepPlan
  private let schedule: SeedSchedule
  /// How long the training of a trial takes, by variant, as far as that was tried.
  private let secondsOfTraining: [Int: Double]
  private let concurrency: Int

  init(
    _ plan: SweepPlan, _ schedule: SeedSchedule, secondsOfTraining: [Int: Double], concurrency: Int
  ) {
    self.plan = plan
    self.schedule = schedule
    self.secondsOfTraining = secondsOfTraining
    self.concurrency = concurrency
  }

  /// A row a variant.
  var table: Table {
    var table = Table([
      .init("variant"), .init("trials", .right), .init("have results", .right),
    ])
    for (index, variant) in plan.variants.enumerated() {
      let counts = schedule.counts(ofVariant: index)
      table.append([variant.name, "\(counts.needed)", "\(counts.ended)"])
    }
    return table
  }

  /// How many trials are to run, and for how long.
  var summary: TerminalText {
    let left = schedule.count - schedule.ended
    let atLeast = plan.seedRule == nil ? "" : "at least "
    return
      "\(SweepTables.size(of: plan, schedule)); \(atLeast)\(left) to run, \(concurrency) at once\n"
      + (left == 0 ? "nothing is left to do" : "\(atLeast + time)")
  }

  private var time: String {
    let left = schedule.count - schedule.ended
    if let seconds = schedule.seconds {
      let total = seconds * Double(left) / Double(concurrency)
      return "about \(SweepTables.duration(total)), as long as the trials so far"
    }
    guard !secondsOfTraining.isEmpty else { return "for how long is known once a trial has ended" }
    // A step was timed on all processors, which trials share.
    let total = secondsOfTraining.reduce(0) { sum, variant in
      let counts = schedule.counts(ofVariant: variant.key)
      return sum + variant.value * Double(counts.needed - counts.ended)
    }
    return
      "about \(SweepTables.duration(total)) of training, by a step of each variant; measuring comes "
      + "on top"
  }
}
