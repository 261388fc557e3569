import Files
import ResourceLimits
import StrictJSON

/// Reads a recipe and those that it extends.
package enum RecipeFile {
  /// The recipe at `path`, or the shipped one of this name, with everything that it extends merged under
  /// it.
  ///
  /// - Throws: `Diagnostics` where a file can't be read or parsed, or extends itself.
  static func merged(_ path: String) throws(Diagnostics) -> JSONNode {
    try merged(RecipeSource(path))
  }

  /// Whether ``merged(_:)`` finds anything at `path`.
  package static func isThere(_ path: String) -> Bool {
    switch RecipeSource(path) {
    case .file(let path): Path.isFile(path)
    case .shipped, .text: true
    }
  }

  /// - Parameters:
  ///   - name: The value of `extends` that names the recipe; `nil` for the first one.
  ///   - chain: The files that led here.
  static func merged(
    _ source: RecipeSource, named name: JSONNode? = nil, extendedBy chain: [String] = []
  ) throws(Diagnostics) -> JSONNode {
    let identity = Path.withoutLinks(source.path)
    if let name, chain.contains(identity) {
      let names = (chain.drop { $0 != identity } + [identity]).map(Path.name)
      throw error(name, "the recipe extends itself: \(names.joined(separator: " extends "))")
    }
    if let name, chain.count >= Limits.recipeFiles {
      throw error(name, "more than \(Limits.recipeFiles) recipes extend one another")
    }
    let recipe = try JSONNode(parsing: try bytes(of: source, named: name), file: source.path)
    guard let base = recipe["extends"] else {
      return recipe
    }
    guard let text = base.string else {
      throw error(base, "expected the file name of a recipe, found \(base.value.kind)")
    }
    guard !text.isEmpty else { throw error(base, "is empty; expected the file name of a recipe") }
    return try merged(source.base(text), named: base, extendedBy: chain + [identity])
      .merging(patch: recipe)
  }

  private static func bytes(
    of source: RecipeSource, named name: JSONNode?
  ) throws(Diagnostics) -> [UInt8] {
    do throws(FileError) {
      return try source.bytes()
    } catch {
      let path = source.path
      let shipped = nearestName(to: name?.string ?? path, in: DetectionRecipe.shippedNames)
      guard let name else {
        throw Diagnostics(
          Diagnostic(
            at: SourceLocation(file: path), "\(error)",
            suggestion: error == .missing ? shipped : nil))
      }
      let file = Path.name(of: path)
      let neighbours = Path.names(in: Path.folder(of: path))
      throw Self.error(
        name, "\(Diagnostic.quote(file)): \(error)",
        suggestion: nearestName(to: file, in: neighbours.filter { $0 != file }.sorted()) ?? shipped)
    }
  }

  private static func error(
    _ base: JSONNode, _ message: String, suggestion: String? = nil
  ) -> Diagnostics {
    Diagnostics(
      Diagnostic(at: base.location, path: ["extends"], message, suggestion: suggestion))
  }
}
