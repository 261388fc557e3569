import LossKitPlugin

/// A smooth absolute difference: ℓ = √(x² + ε²) − ε with x = prediction − target.
struct CharbonnierLoss: ElementwiseLoss {
  static let declaration = Declaration(
    name: "charbonnier",
    summary: "A smooth absolute difference.",
    formula: """
      x = prediction - target
      l = sqrt(x^2 + epsilon^2) - epsilon
      dl/dx = x / sqrt(x^2 + epsilon^2)
      """,
    source: "Charbonnier et al. 1994, ICIP",
    parameters: [
      .number("epsilon", default: 1e-3, .atLeast(1e-6), "Half width of the rounded tip.")
    ])

  private let epsilon: Double

  init(parameters: Parameters) throws(ParameterError) {
    epsilon = try parameters.number("epsilon")
  }

  var readsDifference: Bool { true }

  func score<Value: FormulaValue>(
    _ prediction: Value, against target: Value
  ) -> (value: Value, slope: Value) {
    let epsilon = Value(epsilon)
    let x = prediction - target
    let root = Value.sqrt(x * x + epsilon * epsilon)
    // root − ε, without the cancellation that would cost a small x its digits.
    return (x * x / (root + epsilon), x / root)
  }
}
