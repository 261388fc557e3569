import CommandLineKit
import Foundation
import LossKit

extension Command {
  private static let recipes = Argument.repeating(
    .recipe("RECIPE"), help: "Recipe files, or names of shipped recipes.")
  private static let bundle = Argument.requiredOption(
    "bundle", .path("BUNDLE"),
    help: "Predictions and ground truth: a safetensors file, or a folder of npy files.")

  /// `losskit compare`.
  static let compare = Command(
    "compare", summary: "Compare recipes on a bundle, term by term.",
    discussion: """
      Each recipe has two columns: the weighted value of each term, and its share of the gradient: \
      the norm of the term's gradient over the sum of these norms. What is wrong with a recipe, or \
      with the bundle for it, is told, and the others are compared; the status is 1 then.
      """,
    arguments: [
      recipes, bundle, Options.settings, Options.plugins, Options.allowPlugins, Options.threads,
      Options.json,
    ],
    examples: [
      UsageExample(
        "losskit compare paper.json torchvision.json --bundle batch.safetensors",
        "Compare two recipes on a batch.")
    ]
  ) { call in
    let registry = try call.registry
    let settings = try call[Options.settings]
    let allowsPlugins = try call[Options.allowPlugins]
    let workers = try call.workers
    let bundle = try OpenBundle(try call[bundle])
    let paths = try call[recipes]
    let comparison = Comparison(
      bundle: bundle.source.path,
      outcomes: paths.map { path in
        Result {
          let objective = try DetectionRecipe(
            contentsOf: path, settings: settings, registry: registry, allowsPlugins: allowsPlugins
          ).objective
          return try Evaluation(
            objective, from: path, on: bundle, gradients: true, workers: workers)
        }.mapError { RecipeFailure(recipe: path, error: $0) }
      })
    for line in comparison.failures.flatMap(\.lines) { call.output.report("\(line)") }
    if try call[Options.json] {
      try call.output.print(json: comparison.node)
    } else if !comparison.evaluations.isEmpty {
      try call.output.print(comparison.table.text(style: call.output.standardOutput.style))
    }
    if !comparison.failures.isEmpty {
      throw UncomparedRecipes(count: comparison.failures.count, total: paths.count)
    }
  }
}

/// Recipes evaluated on one bundle.
private struct Comparison {
  let bundle: String
  /// What came of each recipe.
  let outcomes: [Result<Evaluation, RecipeFailure>]

  var evaluations: [Evaluation] { outcomes.compactMap { try? $0.get() } }

  var failures: [RecipeFailure] {
    outcomes.compactMap { if case .failure(let failure) = $0 { failure } else { nil } }
  }

  /// A row a term, in the order in which the recipes first name it, and two columns a recipe.
  var table: Table {
    let names = evaluations.map(\.objective.name)
    let titles = Set(names).count == names.count ? names : evaluations.map(\.recipe)
    var table = Table(
      [.init("term")]
        + titles.flatMap { [.init($0, .decimal), .init("gradient", .right)] })
    var paths: [String] = []
    for term in evaluations.flatMap(\.result.terms) where !paths.contains(term.path) {
      paths.append(term.path)
    }
    for path in paths {
      table.append([path] + evaluations.flatMap { $0.cells(of: path) })
    }
    table.appendRule()
    table.append(
      ["total"] + evaluations.flatMap { [$0.result.total.formatted(significant: 6), ""] })
    return table
  }

  var node: JSONNode {
    let nodes = outcomes.map { outcome in
      switch outcome {
      case .success(let evaluation): evaluation.node
      case .failure(let failure): failure.node
      }
    }
    return ["bundle": JSONNode(bundle), "recipes": JSONNode(nodes)]
  }
}

/// Why a recipe can't be evaluated on the bundle.
private struct RecipeFailure: Error {
  let recipe: String
  let error: any Error

  var lines: [String] { (error as? any LinedError)?.lines ?? ["\(error)"] }

  var node: JSONNode {
    ["recipe": JSONNode(recipe), "errors": JSONNode(lines.map { JSONNode($0) })]
  }
}

/// How many of the recipes are missing from the comparison.
private struct UncomparedRecipes: Error, CustomStringConvertible {
  let count: Int
  let total: Int

  var description: String {
    total == 1
      ? "the recipe can't be compared" : "\(count) of \(total) recipes can't be compared"
  }
}

extension Evaluation {
  /// The weighted value of a term and its share of the gradient; blank where there is no such term.
  fileprivate func cells(of path: String) -> [String] {
    guard let term = result.terms.first(where: { $0.path == path }) else { return ["", ""] }
    let share = share(of: term).map { String(format: "%.1f %%", $0 * 100) }
    return [term.weightedValue.formatted(significant: 6), share ?? ""]
  }

  /// The norm of a term's gradient over the sum of all terms' norms; `nil` if that is 0.
  private func share(of term: TermResult) -> Double? {
    let sum = result.terms.reduce(0) { $0 + ($1.gradientNorm ?? 0) }
    return sum > 0 ? term.gradientNorm.map { $0 / sum } : nil
  }

  fileprivate var node: JSONNode {
    [
      "recipe": JSONNode(recipe),
      "name": JSONNode(objective.name),
      "total": JSONNode(finite: result.total),
      "terms": JSONNode(
        result.terms.map { term in
          [
            "stage": JSONNode(term.stage),
            "term": JSONNode(term.name),
            "weighted_value": JSONNode(finite: term.weightedValue),
            "gradient_norm": term.gradientNorm.map { JSONNode(finite: $0) } ?? .null,
            "gradient_share": share(of: term).map { JSONNode(finite: $0) } ?? .null,
          ]
        }),
    ]
  }
}
