import CommandLineKit
import LossKit

extension Command {
  private static let recipes = Argument.repeating(
    .path("RECIPE"), help: "Recipe files, or names of shipped recipes.")

  /// `losskit check`.
  static let check = Command(
    "check", summary: "Check recipes, and tell everything that is wrong with them.",
    arguments: [
      recipes, Options.settings, Options.plugins, Options.allowPlugins, Options.json,
    ],
    examples: [
      UsageExample("losskit check Configs/recipes/*.json", "Check every recipe of a folder."),
      UsageExample(
        "losskit check ssd.json --set stages.ssd.sampler.count=128",
        "Check whether a setting fits a recipe."),
    ]
  ) { call in
    let registry = try call.registry
    let settings = try call[Options.settings]
    let allowsPlugins = try call[Options.allowPlugins]
    let checks = try call[recipes].map {
      RecipeCheck($0, settings: settings, registry: registry, allowsPlugins: allowsPlugins)
    }
    if try call[Options.json] {
      try call.output.print(json: JSONNode(checks.map(\.node)))
    } else {
      for check in checks { try check.report(to: call.output) }
    }
    let invalid = checks.count { !$0.diagnostics.isEmpty }
    if invalid > 0 { throw InvalidRecipes(invalid: invalid, total: checks.count) }
  }
}

/// What a check found of one recipe.
private struct RecipeCheck {
  let file: String
  let objective: DetectionObjective?
  let diagnostics: [Diagnostic]

  init(_ file: String, settings: [JSONSetting], registry: Registry, allowsPlugins: Bool) {
    self.file = file
    do throws(Diagnostics) {
      objective = try DetectionRecipe(
        contentsOf: file, settings: settings, registry: registry, allowsPlugins: allowsPlugins
      ).objective
      diagnostics = []
    } catch {
      objective = nil
      diagnostics = error.all
    }
  }

  /// A line on standard output for a valid recipe, a line a diagnostic on standard error for another.
  func report(to output: Output) throws {
    for diagnostic in diagnostics { output.report("\(diagnostic)") }
    guard let objective else { return }
    let stages = objective.stages.map { stage in
      "\(stage.name) (\(stage.terms.map(\.name).joined(separator: ", ")))"
    }
    let ok = output.standardOutput.style.green("ok")
    try output.print("\(file): \(ok), \(objective.name): \(stages.joined(separator: ", "))")
  }

  var node: JSONNode {
    JSONNode(
      JSONObject([
        "file": JSONNode(file),
        "ok": JSONNode(diagnostics.isEmpty),
        "name": objective.map { JSONNode($0.name) },
        "stages": objective.map { objective in
          JSONNode(
            objective.stages.map { stage in
              [
                "name": JSONNode(stage.name),
                "terms": JSONNode(stage.terms.map { JSONNode($0.name) }),
              ]
            })
        },
        "diagnostics": JSONNode(diagnostics.map(Self.node)),
      ]))
  }

  /// A diagnostic; line and column are left out where it is about no place in a file.
  private static func node(of diagnostic: Diagnostic) -> JSONNode {
    let location = diagnostic.location
    let hasPlace = location.line > 0
    return JSONNode(
      JSONObject([
        "file": JSONNode(location.file),
        "line": hasPlace ? JSONNode(location.line) : nil,
        "column": hasPlace ? JSONNode(location.column) : nil,
        "path": JSONNode(diagnostic.path.description),
        "message": JSONNode(diagnostic.message),
        "suggestion": diagnostic.suggestion.map { JSONNode($0) },
      ]))
  }
}

/// How many of the recipes can't be used.
private struct InvalidRecipes: Error, CustomStringConvertible {
  let invalid: Int
  let total: Int

  var description: String {
    switch (invalid, total) {
    case (1, 1): "the recipe is not valid"
    case (1, _): "1 of \(total) recipes is not valid"
    default: "\(invalid) of \(total) recipes are not valid"
    }
  }
}
