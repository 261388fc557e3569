import LossKit

/// Losses of the library as formulas from texts: what a text costs is measured against what is compiled.
enum FormulaRivals {
  /// The text of each, by the name of the loss that it rivals.
  static let texts: [(loss: String, text: [String: ParameterValue])] = [
    (
      "smooth_l1",
      [
        "let": ["x": "prediction - target", "size": "abs(x)"],
        "constants": ["beta": "1 / 9"],
        "value": "select(size < beta, 0.5 * x * (x / beta), size - 0.5 * beta)",
      ]
    ),
    (
      "huber",
      [
        "let": ["x": "prediction - target", "size": "abs(x)"],
        "value": "select(size <= 1, 0.5 * x * x, size - 0.5)",
      ]
    ),
    (
      "bce_with_logits",
      ["value": "target * softplus(-prediction) + (1 - target) * softplus(prediction)"]
    ),
    (
      "sigmoid_focal",
      [
        "let": [
          "missed": "target * sigmoid(-prediction) + (1 - target) * sigmoid(prediction)",
          "bce": "target * softplus(-prediction) + (1 - target) * softplus(prediction)",
          "balance": "target * 0.25 + (1 - target) * 0.75",
        ],
        "value": "balance * (missed * missed) * bce",
      ]
    ),
    (
      "giou",
      [
        "value":
          "1 - intersection / (union + 1e-7) + (hull.area - union) / (hull.area + 1e-7)"
      ]
    ),
  ]

  /// What a rival is called.
  static func name(of loss: String) -> String { "\(loss)_formula" }
}

extension Registry {
  /// These components, and the formulas that rival some losses.
  func withFormulaRivals() throws -> Registry {
    var registry = self
    guard let formula = losses["formula"] else { return self }
    for (loss, text) in FormulaRivals.texts {
      let declaration = Declaration(
        name: FormulaRivals.name(of: loss), summary: "\(loss) as a formula from a text.",
        formula: "\(text["value"] ?? "")", source: "LossKit, Formulas")
      try registry.losses.add(
        Catalog<any Loss>.Entry(declaration, from: "FormulaRivals") { _ throws(ParameterErrors) in
          let rival = try formula.make(text)
          return (rival as? any RedeclaredLoss)?.declared(as: declaration) ?? rival
        })
    }
    return registry
  }
}
