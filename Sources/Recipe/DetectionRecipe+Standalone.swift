import Files
import StrictJSON

extension DetectionRecipe {
  /// A recipe that no longer needs the files that it came from, wherever it is put: without `extends`
  /// and `$schema`, and with absolute paths in `plugins`, which is a list then.
  package static func standalone(_ recipe: JSONNode) -> JSONNode {
    guard case .object(let object) = recipe.value else { return recipe }
    var standalone = JSONObject()
    for member in object.members where member.key != "extends" && member.key != "$schema" {
      standalone.set(
        member.key, to: member.key == "plugins" ? libraries(member.node) : member.node)
    }
    return JSONNode(standalone)
  }

  /// The recipe at `path`, or the shipped one of this name, with settings and standing alone; it isn't checked.
  ///
  /// - Throws: `Diagnostics` where a file can't be read or parsed, or extends itself, or nothing can be set at a path.
  package static func standalone(
    contentsOf path: String, settings: [JSONSetting] = []
  ) throws(Diagnostics) -> JSONNode {
    standalone(try applying(settings, to: try RecipeFile.merged(path)))
  }

  private static func libraries(_ node: JSONNode) -> JSONNode {
    let names = if case .array(let elements) = node.value { elements } else { [node] }
    return JSONNode(
      names.map { node in
        node.string.map { JSONNode(Path.withoutLinks(node.library($0))) } ?? node
      })
  }
}

extension JSONNode {
  /// The path of the library that `name` names where this node stands: relative to its file's folder.
  func library(_ name: String) -> String {
    Path.resolving(name, in: location.file)
  }
}
