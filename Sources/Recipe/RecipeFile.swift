import Files
import ResourceLimits
import StrictJSON

/// Reads a recipe's file and the files that it extends.
enum RecipeFile {
  /// The recipe at `path`, with everything that it extends merged under it.
  ///
  /// - Throws: `Diagnostics` where a file can't be read or parsed, or extends itself.
  static func merged(_ path: String) throws(Diagnostics) -> JSONNode {
    try merged(path, named: nil, extendedBy: [])
  }

  /// - Parameters:
  ///   - name: The value of `extends` that names the file; nothing for the first one.
  ///   - chain: The files that led here.
  private static func merged(
    _ path: String, named name: JSONNode?, extendedBy chain: [String]
  ) throws(Diagnostics) -> JSONNode {
    let identity = Path.withoutLinks(path)
    if let name, chain.contains(identity) {
      let names = (chain.drop { $0 != identity } + [identity]).map(Path.name)
      throw error(name, "the recipe extends itself: \(names.joined(separator: " extends "))")
    }
    if let name, chain.count >= Limits.recipeFiles {
      throw error(name, "more than \(Limits.recipeFiles) recipes extend one another")
    }
    let recipe = try JSONNode(parsing: try bytes(of: path, named: name), file: path)
    guard let base = recipe["extends"] else {
      return recipe
    }
    guard let text = base.string else {
      throw error(base, "expected the file name of a recipe, found \(base.value.kind)")
    }
    guard !text.isEmpty else { throw error(base, "is empty; expected the file name of a recipe") }
    let file = text.hasSuffix(".json") ? text : text + ".json"
    return try merged(
      Path.resolving(file, in: path), named: base, extendedBy: chain + [identity]
    ).merging(patch: recipe)
  }

  private static func bytes(
    of path: String, named name: JSONNode?
  ) throws(Diagnostics) -> [UInt8] {
    do throws(FileError) {
      return try InputFile.bytes(of: path, most: Limits.recipeBytes)
    } catch {
      guard let name else {
        throw Diagnostics(Diagnostic(at: SourceLocation(file: path), "\(error)"))
      }
      let file = Path.name(of: path)
      let neighbours = Path.names(in: Path.folder(of: path))
      throw Self.error(
        name, "\(Diagnostic.quote(file)): \(error)",
        suggestion: nearestName(to: file, in: neighbours.filter { $0 != file }.sorted()))
    }
  }

  private static func error(
    _ base: JSONNode, _ message: String, suggestion: String? = nil
  ) -> Diagnostics {
    Diagnostics(
      Diagnostic(at: base.location, path: ["extends"], message, suggestion: suggestion))
  }
}
