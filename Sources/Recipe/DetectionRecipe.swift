import Files
import LossCore
import Objective
import StrictJSON

/// A recipe: a JSON file that says which parts make up a detection objective, and with which weights.
public struct DetectionRecipe: Sendable {
  /// The recipe after everything that it extends, and every setting, was applied.
  public let node: JSONNode
  /// What the recipe composes.
  public let objective: DetectionObjective

  /// Reads the recipe at `path`, applies `settings`, checks everything and resolves all names.
  ///
  /// Where no such file is, with or without `.json`, it is the recipe of this name that comes with the
  /// package.
  ///
  /// - Parameter allowsPlugins: Whether the shared libraries that the recipe names are loaded, which
  ///   runs their code. Else they must be registered already.
  /// - Throws: ``Diagnostics`` with every error of the recipe, each with its place, its path and what
  ///   was expected.
  public init(
    contentsOf path: String, settings: [JSONSetting] = [], registry: Registry,
    allowsPlugins: Bool = false
  ) throws(Diagnostics) {
    try self.init(
      try RecipeFile.merged(path), settings: settings, registry: registry,
      allowsPlugins: allowsPlugins, defaultName: Path.stem(of: path))
  }

  /// The recipe `name` of those that come with the package (``shippedNames``), whatever files there are.
  ///
  /// - Throws: ``Diagnostics`` where there is no such recipe, or a setting is wrong.
  public init(
    named name: String, settings: [JSONSetting] = [], registry: Registry
  ) throws(Diagnostics) {
    guard RecipeSource.shippedTexts[name] != nil else {
      throw Diagnostics(
        Diagnostic(
          at: SourceLocation(file: name),
          "no recipe of this name comes with LossKit; there is "
            + Self.shippedNames.joined(separator: ", "),
          suggestion: nearestName(to: name, in: Self.shippedNames)))
    }
    try self.init(
      try RecipeFile.merged(.shipped(name)), settings: settings, registry: registry,
      defaultName: name)
  }

  /// The recipe whose text is given; what it extends is a file, from the current folder on, or comes with
  /// the package.
  ///
  /// - Parameter allowsPlugins: Whether the shared libraries that the recipe names are loaded, which
  ///   runs their code. Else they must be registered already.
  /// - Throws: ``Diagnostics`` with every error of the recipe.
  public init(
    parsing text: String, settings: [JSONSetting] = [], registry: Registry,
    allowsPlugins: Bool = false
  ) throws(Diagnostics) {
    try self.init(
      try RecipeFile.merged(.text(text)), settings: settings, registry: registry,
      allowsPlugins: allowsPlugins)
  }

  /// The names of the recipes that come with the package, in alphabetical order.
  public static var shippedNames: [String] { RecipeSource.shippedTexts.keys.sorted() }

  /// Checks a recipe that was read elsewhere; `extends` in it is not followed.
  ///
  /// - Parameters:
  ///   - allowsPlugins: Whether the shared libraries that the recipe names are loaded, which runs their
  ///     code. Else they must be registered already.
  ///   - defaultName: The objective's name where the recipe gives none.
  /// - Throws: ``Diagnostics`` with every error of the recipe.
  public init(
    _ node: JSONNode, settings: [JSONSetting] = [], registry: Registry,
    allowsPlugins: Bool = false, defaultName: String = "recipe"
  ) throws(Diagnostics) {
    let node = try Self.applying(settings, to: node)
    var reader = RecipeReader(registry: registry, allowsPlugins: allowsPlugins)
    let objective = reader.objective(node, defaultName: defaultName)
    // The stages of a template have the same errors.
    var seen: Set<String> = []
    let errors = reader.diagnostics.filter { seen.insert("\($0)").inserted }
    if let diagnostics = Diagnostics(errors) { throw diagnostics }
    guard let objective else {
      throw Diagnostics(Diagnostic(at: node.location, "the recipe composes nothing"))
    }
    self.node = node
    self.objective = objective
  }

  /// A recipe with settings.
  static func applying(
    _ settings: [JSONSetting], to node: JSONNode
  ) throws(Diagnostics) -> JSONNode {
    var node = node
    for setting in settings.typesFirst(\.path) {
      if let problem = problem(ofSetting: setting.path) {
        throw Diagnostics(
          Diagnostic(at: setting.node.location, path: setting.path, problem))
      }
      node = try node.setting(setting.node, at: setting.path)
    }
    return node
  }

  /// Why a setting can't be at `path`, if it can't.
  private static func problem(ofSetting path: JSONPath) -> String? {
    switch path.components.first {
    case "extends": "is read before anything is set; write a recipe that extends another"
    case "plugins": "can't be set; name the library by --plugin"
    default: nil
    }
  }
}

extension Array {
  /// Settings with those of a component's `type` first, which would take the place of what others set.
  package func typesFirst(_ path: KeyPath<Element, JSONPath>) -> [Element] {
    let isType = { (element: Element) in element[keyPath: path].components.last == "type" }
    return filter(isType) + filter { !isType($0) }
  }
}
