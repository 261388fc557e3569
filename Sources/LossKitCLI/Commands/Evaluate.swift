import CommandLineKit
import LossKit

extension Command {
  private static let recipe = Argument.required(.recipe("RECIPE"), help: Options.recipeHelp)
  private static let bundle = Argument.required(
    .path("BUNDLE"),
    help: "Predictions and ground truth: a safetensors file, or a folder of npy files.")
  private static let gradients = Argument.option(
    "gradients", .path("OUT.safetensors"),
    help: "Write the gradient by each prediction to a file, and show the norm of each term's.")

  /// `losskit evaluate`.
  static let evaluate = Command(
    "evaluate", summary: "Evaluate a recipe on a bundle: the value of each term, and the total.",
    discussion: """
      The loss of a term is its sum divided by its normalizer; weighted, it is multiplied by the \
      term's weight, and the total is the sum of these. Positives, negatives and ignored count \
      priors. The file of --gradients holds a tensor for each prediction, with its name and shape.

      What is probably wrong with the bundle is told as a warning: boxes outside of their image or in \
      shares of its sides, feature maps that don't fit the largest image.
      """,
    arguments: [
      recipe, bundle, gradients, Options.settings, Options.plugins, Options.allowPlugins,
      Options.strict, Options.threads, Options.json,
    ],
    examples: [
      UsageExample("losskit evaluate faster_rcnn.json batch.safetensors", "Evaluate on a batch."),
      UsageExample(
        "losskit evaluate faster_rcnn.json batch.safetensors --set stages.rpn.terms.rpn_box.weight=2",
        "Evaluate with another weight."),
    ]
  ) { call in
    let recipe = try call[recipe]
    let bundle = try call[bundle]
    let gradients = try call[gradients]
    let objective = try call.objective(of: recipe)
    let evaluation = try Evaluation(
      objective, from: recipe, on: try OpenBundle(bundle), gradients: gradients != nil,
      workers: try call.workers)
    try call.warn(evaluation.warnings.map(\.description))
    if let gradients { try evaluation.writeGradients(to: gradients) }
    if try call[Options.json] {
      try call.output.print(json: evaluation.node(bundle: bundle, gradients: gradients))
    } else {
      try call.output.print(evaluation.table.text(style: call.output.standardOutput.style))
    }
  }
}

extension Evaluation {
  /// Writes the gradient by each prediction, in the order of the predictions.
  fileprivate func writeGradients(to path: String) throws(BundleError) {
    let tensors = objective.predictionNames.compactMap { name in
      result.gradients[name].map { (name: name, tensor: AnyTensor.float32($0)) }
    }
    try SafetensorsFile.write(tensors, to: path)
  }

  /// The terms and the total; norms where there are gradients.
  fileprivate var table: Table {
    let hasNorms = result.terms.contains { $0.gradientNorm != nil }
    var table = Table(
      [
        .init("term"), .init("loss", .decimal), .init("weight", .decimal),
        .init("weighted", .decimal), .init("normalizer", .right), .init("positives", .right),
        .init("negatives", .right), .init("ignored", .right),
      ] + (hasNorms ? [.init("gradient norm", .decimal)] : []))
    for term in result.terms {
      table.append([
        term.path, term.value.formatted(significant: 6), term.weight.formatted(significant: 6),
        term.weightedValue.formatted(significant: 6), term.normalizerText,
        term.positives.grouped, term.negatives.grouped, term.ignored.grouped,
        term.gradientNorm?.formatted(significant: 6) ?? "",
      ])
    }
    table.appendRule()
    table.append(["total", "", "", result.total.formatted(significant: 6)])
    return table
  }

  fileprivate func node(bundle: String, gradients: String?) -> JSONNode {
    JSONNode(
      JSONObject([
        "recipe": JSONNode(recipe),
        "name": JSONNode(objective.name),
        "bundle": JSONNode(bundle),
        "gradients": gradients.map { JSONNode($0) },
        "total": JSONNode(finite: result.total),
        "terms": JSONNode(result.terms.map(\.node)),
      ]))
  }
}

extension TermResult {
  /// The divisor; the least and the largest where each image has its own.
  fileprivate var normalizerText: String {
    let numbers = [divisors.min(), divisors.max()].compactMap { $0?.formatted(significant: 6) }
    return numbers.first == numbers.last
      ? numbers.first ?? "" : numbers.joined(separator: " to ")
  }

  fileprivate var node: JSONNode {
    JSONNode(
      JSONObject([
        "stage": JSONNode(stage),
        "term": JSONNode(name),
        "value": JSONNode(finite: value),
        "weight": JSONNode(weight),
        "weighted_value": JSONNode(finite: weightedValue),
        "divisors": JSONNode(divisors.map { JSONNode(finite: $0) }),
        "positives": JSONNode(positives),
        "negatives": JSONNode(negatives),
        "ignored": JSONNode(ignored),
        "gradient_norm": gradientNorm.map { JSONNode(finite: $0) },
      ]))
  }
}
