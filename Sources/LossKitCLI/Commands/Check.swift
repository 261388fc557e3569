import CommandLineKit
import LossKit

extension Command {
  private static let recipes = Argument.repeating(
    .recipe("RECIPE"), help: "Recipe files, or names of shipped recipes.")

  private static let bundle = Argument.option(
    "bundle", .path("BUNDLE"), help: "Check that each recipe can be evaluated on this bundle, too.")

  /// `losskit check`.
  static let check = Command(
    "check", summary: "Check recipes, and tell everything that is wrong with them.",
    discussion: """
      With a bundle, what is probably wrong with it is told as a warning: boxes outside of their image \
      or in shares of its sides, feature maps that don't fit the largest image.
      """,
    arguments: [
      recipes, bundle, Options.settings, Options.plugins, Options.allowPlugins, Options.strict,
      Options.threads, Options.json,
    ],
    examples: [
      UsageExample("losskit check Configs/recipes/*.json", "Check every recipe of a folder."),
      UsageExample(
        "losskit check ssd.json --set stages.ssd.sampler.count=128",
        "Check whether a setting fits a recipe."),
      UsageExample(
        "losskit check ssd.json --bundle batch.safetensors --strict",
        "Check a recipe and a bundle, and don't let warnings pass."),
    ]
  ) { call in
    let registry = try call.registry
    let settings = try call[Options.settings]
    let allowsPlugins = try call[Options.allowPlugins]
    let bundle = try call[bundle].map { try OpenBundle($0) }
    let workers = try call.workers
    let isStrict = try call[Options.strict]
    var checks = try call[recipes].map {
      RecipeCheck($0, settings: settings, registry: registry, allowsPlugins: allowsPlugins)
    }
    if let bundle {
      for index in checks.indices {
        checks[index].evaluate(on: bundle, isStrict: isStrict, workers: workers)
      }
    }
    if try call[Options.json] {
      try call.output.print(json: JSONNode(checks.map(\.node)))
    } else {
      for check in checks { try check.report(to: call.output) }
    }
    let invalid = checks.count { !$0.diagnostics.isEmpty }
    if invalid > 0 {
      throw InvalidRecipes(
        invalid: invalid, total: checks.count, areValid: !checks.contains { $0.isInvalid })
    }
  }
}

/// What a check found of one recipe.
private struct RecipeCheck {
  let file: String
  private(set) var objective: DetectionObjective?
  private(set) var diagnostics: [Diagnostic]
  /// Whether the recipe is wrong by itself.
  let isInvalid: Bool
  /// What is probably wrong on a bundle; `nil` without one.
  private(set) var warnings: [BundleError]?

  init(_ file: String, settings: [JSONSetting], registry: Registry, allowsPlugins: Bool) {
    self.file = file
    do throws(Diagnostics) {
      objective = try DetectionRecipe(
        contentsOf: file, settings: settings, registry: registry, allowsPlugins: allowsPlugins
      ).objective
      diagnostics = []
      isInvalid = false
    } catch {
      objective = nil
      diagnostics = error.all
      isInvalid = true
    }
  }

  /// Checks that the objective, if there is one, can be evaluated on a bundle.
  mutating func evaluate(on bundle: OpenBundle, isStrict: Bool, workers: Workers) {
    guard let objective else { return }
    do throws(BundleError) {
      let found = try Evaluation(
        objective, from: file, on: bundle, gradients: false, workers: workers
      ).warnings
      warnings = isStrict ? [] : found
      if isStrict { diagnostics = found.map { Diagnostic($0) } }
    } catch {
      diagnostics = [Diagnostic(error)]
    }
    if !diagnostics.isEmpty { self.objective = nil }
  }

  /// A line on standard output for a valid recipe, a line a diagnostic on standard error for another.
  func report(to output: Output) throws {
    for line in diagnostics.flatMap(\.lines) { output.report("\(line)") }
    for warning in warnings ?? [] { output.report(warning: "\(warning)") }
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
        "warnings": warnings.map { JSONNode($0.map { JSONNode("\($0)") }) },
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

extension Diagnostic {
  fileprivate init(_ error: BundleError) {
    self.init(at: SourceLocation(file: error.file), error.message)
  }
}

/// How many of the recipes can't be used.
private struct InvalidRecipes: Error, CustomStringConvertible {
  let invalid: Int
  let total: Int
  /// Whether all recipes are valid by themselves, and it is the bundle.
  let areValid: Bool

  var description: String {
    if areValid {
      return "the bundle can't be used with "
        + (total == 1 ? "the recipe" : "\(invalid) of \(total) recipes")
    }
    return switch (invalid, total) {
    case (1, 1): "the recipe is not valid"
    case (1, _): "1 of \(total) recipes is not valid"
    default: "\(invalid) of \(total) recipes are not valid"
    }
  }
}
