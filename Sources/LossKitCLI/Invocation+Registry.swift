import CommandLineKit
import Foundation
import LossKit

extension Invocation {
  /// The components of the package, and the losses of the plugins that the environment and the call
  /// name.
  ///
  /// - Throws: `PluginError` where a library can't be loaded, or a loss of it has a name that is taken;
  ///   `Diagnostics` where a file of formulas is wrong.
  var registry: Registry {
    get throws {
      var registry = try Registry.withEnvironment()
      for path in try self[Options.plugins] {
        if LossFile.isOne(path) {
          try registry.register(LossFile(path))
        } else {
          try registry.register(try PluginLibrary(contentsOf: path))
        }
      }
      return registry
    }
  }
}

extension Invocation {
  /// The objective of a recipe, by its file or name, with what the call sets and allows.
  ///
  /// - Throws: `Diagnostics` with every error of the recipe.
  func objective(of recipe: String) throws -> DetectionObjective {
    try DetectionRecipe(
      contentsOf: recipe, settings: try self[Options.settings], registry: try registry,
      allowsPlugins: try self[Options.allowPlugins]
    ).objective
  }
}

extension Registry {
  /// The components of the package, and the losses of the plugins that `LOSSKIT_PLUGINS` names.
  ///
  /// - Throws: `PluginError` where a library can't be loaded, or a loss of it has a name that is taken.
  fileprivate static func withEnvironment() throws -> Registry {
    var registry = try builtIn()
    let paths = ProcessInfo.processInfo.environment["LOSSKIT_PLUGINS"] ?? ""
    for path in paths.split(separator: ":") {
      do throws(PluginError) {
        try registry.register(try PluginLibrary(contentsOf: String(path)))
      } catch {
        throw PluginError("\(error.library) (of LOSSKIT_PLUGINS)", error.problem)
      }
    }
    return registry
  }
}
