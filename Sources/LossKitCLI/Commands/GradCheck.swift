import CommandLineKit
import Foundation
import LossKit

extension Command {
  private static let names = Argument.repeating(
    .text("LOSS|RECIPE"), isRequired: false,
    help: "Names of losses, all where left out; with --bundle one recipe, by its file or name.")
  private static let bundle = Argument.option(
    "bundle", .path("BUNDLE"), help: "Check a recipe's gradient on these predictions.")
  private static let seed = Argument.option(
    "seed", .integer("SEED", in: 0 ... .max), default: 0, help: "Chooses the numbers drawn.")

  /// `losskit gradcheck`.
  static let gradcheck = Command(
    "gradcheck", summary: "Check that gradients are derivatives: of losses, or of a recipe.",
    discussion: """
      A loss with the defaults of its parameters, or what --set says, is evaluated on random rows, on extreme ones, and on \
      rows that straddle kinks; each derivative is held against differences of values in double precision. \
      It must be the central difference to 1e-6. Where the differences don't change evenly from one \
      place to the next there is a kink, and the derivative must lie between the least and the greatest of \
      them. A loss that computes in single precision is allowed 1e-3. What a loss takes for \
      a constant by definition is held in the differences too.

      A recipe's gradient is compared with differences of the total along random directions of each \
      prediction; terms whose loss takes a part for a constant are left out.

      The status is 1 where a gradient is wrong.
      """,
    arguments: [
      names, bundle, seed, Options.settings, Options.plugins, Options.allowPlugins,
      Options.threads, Options.json,
    ],
    examples: [
      UsageExample("losskit gradcheck", "Check every loss."),
      UsageExample("losskit gradcheck huber giou", "Check two losses."),
      UsageExample(
        "losskit gradcheck formula --set 'value=\"log1p((prediction - target)^2)\"'",
        "Check a loss that is a formula."),
      UsageExample(
        "losskit gradcheck faster_rcnn.json --bundle batch.safetensors",
        "Check the gradient of a recipe."),
    ]
  ) { call in
    let names = try call[names]
    let seed = UInt64(try call[seed])
    let wrong: [String]
    if let bundle = try call[bundle] {
      guard let recipe = names.first, names.count == 1 else {
        throw UsageError("--bundle: expected one recipe beside it, found \(names.count)")
      }
      wrong = try call.checkRecipe(recipe, on: bundle, seed: seed)
    } else {
      if try !call[Options.settings].isEmpty, names.count != 1 {
        throw UsageError("--set: expected one loss beside it, or a recipe and --bundle")
      }
      wrong = try call.checkLosses(names, seed: seed)
    }
    if !wrong.isEmpty { throw WrongGradients(names: wrong) }
  }
}

extension Invocation {
  /// Checks losses; all where none are named.
  ///
  /// - Returns: The names of those that are wrong.
  fileprivate func checkLosses(_ names: [String], seed: UInt64) throws -> [String] {
    let losses = try registry.losses
    for name in names {
      _ = try losses.loss(named: name, recipeHint: "a recipe needs --bundle")
    }
    // What has no defaults can be checked by itself, with --set.
    let entries = losses.entries.filter {
      names.isEmpty ? $0.declaration.needsNoParameters : names.contains($0.declaration.name)
    }
    let values = try parameterValues(try self[Options.settings])
    // What is wrong with the parameters is wrong with the call.
    if let entry = entries.first, !names.isEmpty, entries.count == 1 { _ = try made(entry, values) }
    var checks: [LossCheck] = []
    for entry in entries { checks.append(try LossCheck(entry, values, seed: seed)) }
    if try self[Options.json] {
      try output.print(json: JSONNode(checks.map(\.node)))
    } else {
      try output.print(LossCheck.table(of: checks, output.standardOutput.style))
    }
    return checks.filter { !$0.isRight }.map(\.name)
  }

  /// Checks the gradient of a recipe on a bundle.
  ///
  /// - Returns: The names of the predictions by which it is wrong.
  fileprivate func checkRecipe(
    _ recipe: String, on path: String, seed: UInt64
  ) throws -> [String] {
    let objective = try objective(of: recipe)
    let bundle = try OpenBundle(path)
    let predictions = try bundle.source.predictions(objective.predictionNames)
      .mapValues { $0.map { Double($0) } }
    let check: ObjectiveGradientCheck
    do {
      let targets = try objective.targets(
        for: bundle.batch, predictions: predictions, workers: try workers)
      check = try ObjectiveGradientCheck(
        objective, predictions: predictions, against: targets, seed: seed, workers: try workers)
    } catch let error as InputError {
      throw BundleError(file: "\(recipe) on \(path)", message: "\(error)")
    }
    if try self[Options.json] {
      try output.print(json: check.node)
    } else {
      try output.print(check.table(output.standardOutput.style))
    }
    return check.predictions.filter { $0.error > ObjectiveGradientCheck.tolerance }.map(\.name)
  }
}

/// Gradients that aren't the derivatives.
private struct WrongGradients: Error, CustomStringConvertible {
  let names: [String]

  var description: String {
    "the gradient is wrong: \(names.joined(separator: ", "))"
  }
}
