import LossKitPlugin

/// A smooth absolute difference: ℓ = √(x² + ε²) − ε with x = prediction − target.
struct CharbonnierLoss: FormulaLoss {
  static let declaration = Declaration(
    name: "charbonnier",
    summary: "A smooth absolute difference.",
    formula: """
      x = prediction - target
      l = sqrt(x^2 + epsilon^2) - epsilon
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

  @inline(__always)
  func loss<Value: FormulaValue>(_ prediction: Value, against target: Value) -> Value {
    let epsilon = Value(epsilon)
    let x = prediction - target
    // √(x² + ε²) − ε, without the cancellation that would cost a small x its digits.
    return x * x / (.sqrt(x * x + epsilon * epsilon) + epsilon)
  }
}
