import LossCore
import PluginLoader
import StrictJSON

extension RecipeReader {
  /// Registers the losses of the plugins that the recipe names; false where one can't be.
  ///
  /// A path is relative to the file in which it stands, which may be one that the recipe extends.
  mutating func registerPlugins(of recipe: JSONObject) -> Bool {
    guard let node = recipe["plugins"] else { return true }
    guard let paths = strings(node, ["plugins"]) else { return false }
    let count = diagnostics.count
    for (index, path) in paths.enumerated() {
      var (place, placePath) = (node, ["plugins"] as JSONPath)
      if case .array(let elements) = node.value {
        (place, placePath) = (elements[index], placePath.appending(index))
      }
      registerPlugin(at: place.library(path), place, placePath)
    }
    return diagnostics.count == count
  }

  private mutating func registerPlugin(at library: String, _ node: JSONNode, _ path: JSONPath) {
    if registry.holds(pluginAt: library) { return }
    if LossFile.isOne(library) {
      do throws(Diagnostics) {
        try registry.register(LossFile(library))
      } catch {
        diagnostics += error.all
      }
      return
    }
    guard allowsPlugins else {
      report(
        node, path,
        "is native code, which a recipe can't load by itself; if you trust it, add "
          + "--allow-plugins, or --plugin \(Diagnostic.quotePath(library))")
      return
    }
    do throws(PluginError) {
      try registry.register(try PluginLibrary(contentsOf: library))
    } catch {
      report(node, path, error.problem)
    }
  }
}
