import CommandLineKit
import Foundation
import LossKit

extension Invocation {
  /// The components of the package, and the losses of the plugins that the environment and the call
  /// name.
  ///
  /// - Throws: `PluginError` where a library can't be loaded, or a loss of it has a name that is taken.
  var registry: Registry {
    get throws {
      var registry = try Registry.builtIn()
      let paths = ProcessInfo.processInfo.environment["LOSSKIT_PLUGINS"] ?? ""
      for path in paths.split(separator: ":") {
        do throws(PluginError) {
          try registry.register(try PluginLibrary(contentsOf: String(path)))
        } catch {
          throw PluginError("\(error.library) (of LOSSKIT_PLUGINS)", error.problem)
        }
      }
      for path in try self[Options.plugins] {
        try registry.register(try PluginLibrary(contentsOf: path))
      }
      return registry
    }
  }
}
