import CommandLineKit
import Foundation
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
      let file = try self[SweepOptions.file]
      guard !FileManager.default.fileExists(atPath: file + "/sweep.json") else {
        throw UsageError(
          "\(file) is a folder of results; expected the sweep file, and the folder with --out")
      }
      let plan = try SweepPlan(
        contentsOf: file, registry: try registry,
        allowsPlugins: try self[Options.allowPlugins])
      return (plan, SweepFolder(try self[SweepOptions.out] ?? plan.standardOutput))
    }
  }
}
