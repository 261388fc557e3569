import CommandLineKit
import LossKit
import Sweep

/// The options that the commands of sweeps share.
enum SweepOptions {
  static let file = Argument.required(.path("SWEEP"), help: "The sweep file.")

  static let out = Argument.option(
    "out", .path("DIR"),
    help: "The folder of the results; runs/NAME beside the sweep file, by its name, where left out."
  )
}

extension Invocation {
  /// The sweep that the call names, and the folder of its results.
  var sweep: (plan: SweepPlan, folder: SweepFolder) {
    get throws {
      let plan = try SweepPlan(
        contentsOf: try self[SweepOptions.file], registry: try registry,
        allowsPlugins: try self[Options.allowPlugins])
      return (plan, SweepFolder(try self[SweepOptions.out] ?? plan.standardOutput))
    }
  }
}
