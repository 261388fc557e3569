import Foundation
import StrictJSON

/// Reads a recipe's file and the files that it extends.
enum RecipeFile {
  /// The recipe at `path`, with everything that it extends merged under it.
  ///
  /// - Throws: `Diagnostics` where a file can't be read or parsed, or extends itself.
  static func merged(_ path: String) throws(Diagnostics) -> JSONNode {
    try merged(path, named: SourceLocation(file: path), extendedBy: [])
  }

  private static func merged(
    _ path: String, named place: SourceLocation, extendedBy chain: [String]
  ) throws(Diagnostics) -> JSONNode {
    let identity = URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
    guard !chain.contains(identity) else {
      let names = (chain.drop { $0 != identity } + [identity]).map {
        URL(fileURLWithPath: $0).lastPathComponent
      }
      throw Diagnostics(
        Diagnostic(
          at: place, path: ["extends"],
          "the recipe extends itself: \(names.joined(separator: " extends "))"))
    }
    let recipe = try JSONNode(parsing: try bytes(of: path, named: place), file: path)
    guard case .object(let object) = recipe.value, let base = object["extends"] else {
      return recipe
    }
    guard case .string(let name) = base.value, !name.isEmpty else {
      throw Diagnostics(
        Diagnostic(
          at: base.location, path: ["extends"],
          "expected the file name of a recipe, found \(base.value.kind)"))
    }
    let file = name.hasSuffix(".json") ? name : name + ".json"
    let folder = (path as NSString).deletingLastPathComponent
    let basePath =
      (file as NSString).isAbsolutePath || folder.isEmpty
      ? file : (folder as NSString).appendingPathComponent(file)
    return try merged(basePath, named: base.location, extendedBy: chain + [identity])
      .merging(patch: recipe)
  }

  private static func bytes(
    of path: String, named place: SourceLocation
  ) throws(Diagnostics) -> [UInt8] {
    do {
      return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      let missing = !FileManager.default.fileExists(atPath: path)
      let isChild = place.line > 0
      throw Diagnostics(
        Diagnostic(
          at: place, path: isChild ? ["extends"] : [],
          (isChild ? "\(Diagnostic.quote(path)) " : "")
            + (missing ? "no such file" : "can't be read as a file")))
    }
  }
}
