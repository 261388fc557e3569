import Files
import Foundation
import LossCore
import Recipe
import StrictJSON

/// Makes the variants of a sweep: reads the recipes, applies the settings, checks what comes out.
struct VariantBuilder {
  let declaration: SweepDeclaration
  /// The folder of the sweep file.
  let folder: String
  let registry: Registry
  /// Whether the libraries that recipes name are loaded.
  let allowsPlugins: Bool
  var diagnostics: [Diagnostic] = []
  /// The recipes read so far, by path.
  private var recipes: [String: JSONNode] = [:]
  private var seen: Set<String> = []

  init(
    _ declaration: SweepDeclaration, folder: String, registry: Registry, allowsPlugins: Bool
  ) {
    self.declaration = declaration
    self.folder = folder
    self.registry = registry
    self.allowsPlugins = allowsPlugins
  }

  /// The paths whose values vary, in the order of the file.
  var varying: [JSONPath] {
    if case .list(let list) = declaration.method {
      var paths: [JSONPath] = []
      var known: Set<JSONPath> = []
      for setting in list.joined() where known.insert(setting.path).inserted {
        paths.append(setting.path)
      }
      return paths
    }
    return declaration.parameters.filter { !$0.isConstant }.map(\.path)
  }

  /// What the variants are changes of, constants applied; `nil` without a base recipe.
  private(set) var baseParts: (recipe: JSONNode, model: JSONNode)?

  /// The variants, and the position of the base recipe among them.
  mutating func variants(at node: JSONNode) -> (all: [SweepVariant], base: Int?) {
    let combinations: [[SweepSetting]]
    switch Combinations.all(of: declaration) {
    case .success(let found): combinations = found
    case .failure(let problem):
      report(Diagnostic(at: node.location, path: ["method"], problem.message))
      return ([], nil)
    }
    let model = baseModel()
    let baseRecipe = declaration.recipe.flatMap { recipe($0, path: ["recipe"]) }
    guard diagnostics.isEmpty else { return ([], nil) }
    // Without a base of its own, the first recipe is what the others are compared with.
    let hasBase = declaration.recipe != nil || !varying.contains(["recipe"])
    baseParts = hasBase ? parts(of: [], baseRecipe, model, at: node) : nil
    let names = VariantNames(combinations, paths: varying)
    let variants = zip(combinations, names.all).compactMap { settings, name in
      parts(of: settings, baseRecipe, model, at: node).map {
        SweepVariant(
          name: name, settings: settings, recipe: $0.recipe, model: $0.model,
          id: id($0.recipe, $0.model))
      }
    }
    var first: [String: SweepVariant] = [:]
    for variant in variants {
      if let same = first.updateValue(variant, forKey: variant.id) {
        report(
          Diagnostic(
            at: node.location,
            "\(Diagnostic.quote(same.name)) and \(Diagnostic.quote(variant.name)) are the same "
              + "recipe with the same settings; remove one"))
      }
    }
    let standard = hasBase ? baseParts.map { id($0.recipe, $0.model) } : variants.first?.id
    return (variants, variants.firstIndex { $0.id == standard })
  }

  private func id(_ recipe: JSONNode, _ model: JSONNode) -> String {
    Meaning.id(sweep: JSONNode(declaration.meaning), recipe: recipe, model: model)
  }

  /// The recipe and the model that `settings` make, constants included.
  private mutating func parts(
    of settings: [SweepSetting], _ baseRecipe: JSONNode?, _ model: JSONNode, at node: JSONNode
  ) -> (recipe: JSONNode, model: JSONNode)? {
    var settings = settings
    for parameter in declaration.parameters.reversed() {
      if case .constant(let value) = parameter.domain {
        settings.insert(SweepSetting(path: parameter.path, node: value), at: 0)
      }
    }
    guard var made = start(of: settings, baseRecipe, at: node).map({ (recipe: $0, model: model) })
    else { return nil }
    for setting in settings.typesFirst(\.path) where setting.path != ["recipe"] {
      do throws(Diagnostics) {
        if setting.path.components.first == SweepParameter.Place.stages.rawValue {
          made.recipe = try made.recipe.setting(setting.node, at: setting.path)
        } else {
          made.model = try made.model.merging(setting.node, at: setting.path)
        }
      } catch {
        for diagnostic in error.all { report(diagnostic) }
        return nil
      }
    }
    do throws(Diagnostics) {
      _ = try DetectionRecipe(made.recipe, registry: registry, allowsPlugins: allowsPlugins)
    } catch {
      for diagnostic in error.all { report(diagnostic) }
      return nil
    }
    return made
  }

  /// The recipe that `settings` start from.
  private mutating func start(
    of settings: [SweepSetting], _ baseRecipe: JSONNode?, at node: JSONNode
  ) -> JSONNode? {
    if let whole = settings.last(where: { $0.path == ["recipe"] }) {
      return recipe(whole.node, path: ["recipe"])
    }
    if baseRecipe == nil {
      report(
        Diagnostic(
          at: node.location, "names no recipe; give it a \"recipe\", or a parameter \"recipe\""))
    }
    return baseRecipe
  }

  private mutating func baseModel() -> JSONNode {
    guard let node = declaration.model, let name = node.string else { return [:] }
    let path = absolute(name)
    do throws(Diagnostics) {
      let bytes: [UInt8]
      do throws(FileError) {
        bytes = try InputFile.bytes(of: path)
      } catch {
        throw Diagnostics(
          error == .missing
            ? missing(node, path: ["model"], file: path)
            : Diagnostic(
              at: node.location, path: ["model"], "\(Diagnostic.quotePath(path)): \(error)"))
      }
      let model = try JSONNode(parsing: bytes, file: path)
      guard case .object = model.value else {
        throw Diagnostics(
          Diagnostic(at: model.location, "expected an object, found \(model.value.kind)"))
      }
      return model.merging(patch: ["$schema": .null])
    } catch {
      for diagnostic in error.all { report(diagnostic) }
      return [:]
    }
  }

  /// The recipe in the file that `node` names, or the shipped one of this name.
  private mutating func recipe(_ node: JSONNode, path: JSONPath) -> JSONNode? {
    guard let name = node.string, !name.isEmpty else {
      report(Diagnostic(at: node.location, path: path, "expected the file name of a recipe"))
      return nil
    }
    let file = absolute(name.hasSuffix(".json") ? name : name + ".json")
    if let recipe = recipes[file] { return recipe }
    let isFile = FileManager.default.fileExists(atPath: file)
    guard isFile || DetectionRecipe.shippedNames.contains(name) else {
      report(missing(node, path: path, file: file, orOneOf: DetectionRecipe.shippedNames))
      return nil
    }
    do throws(Diagnostics) {
      let read =
        isFile
        ? try DetectionRecipe(contentsOf: file, registry: registry, allowsPlugins: allowsPlugins)
        : try DetectionRecipe(named: name, registry: registry)
      // What stands in the trial's folder must not extend a file that isn't there.
      let recipe = read.node.merging(patch: ["$schema": .null, "extends": .null])
      recipes[file] = recipe
      return recipe
    } catch {
      for diagnostic in error.all { report(diagnostic) }
      return nil
    }
  }

  private func missing(
    _ node: JSONNode, path: JSONPath, file: String, orOneOf names: [String] = []
  ) -> Diagnostic {
    let url = URL(filePath: file)
    let neighbours = try? FileManager.default.contentsOfDirectory(
      atPath: url.deletingLastPathComponent().path(percentEncoded: false))
    return Diagnostic(
      at: node.location, path: path, "\(Diagnostic.quotePath(file)): no such file",
      suggestion: nearestName(to: url.lastPathComponent, in: (neighbours ?? []).sorted())
        ?? nearestName(to: node.string ?? "", in: names))
  }

  private func absolute(_ name: String) -> String {
    URL(filePath: name, relativeTo: URL(filePath: folder, directoryHint: .isDirectory))
      .absoluteURL.standardizedFileURL.path(percentEncoded: false)
  }

  /// Keeps a diagnostic. Many variants may have one mistake in common, wherever each of them has its value.
  private mutating func report(_ diagnostic: Diagnostic) {
    let mistake = "\(diagnostic.path): \(diagnostic.message)"
    if seen.insert(mistake).inserted { diagnostics.append(diagnostic) }
  }
}
