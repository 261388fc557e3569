import LossKit

struct CharbonnierLoss: FormulaLoss {
  static let epsilon = Parameter(
    "epsilon", .number(.atLeast(1e-6)), default: 1e-3, help: "Half width of the rounded tip.")

  static let declaration = Declaration(
    name: "charbonnier",
    summary: "A smooth absolute difference.",
    formula: """
      x = prediction - target
      l = sqrt(x^2 + epsilon^2) - epsilon
      """,
    source: "Charbonnier et al. 1994, ICIP",
    parameters: [epsilon])

  private let epsilon: Double

  init(parameters: Parameters) { epsilon = parameters[Self.epsilon] }

  var readsDifference: Bool { true }

  @inline(__always)
  func loss<Value: FormulaValue>(_ prediction: Value, against target: Value) -> Value {
    let epsilon = Value(epsilon)
    let x = prediction - target
    return x * x / (.sqrt(x * x + epsilon * epsilon) + epsilon)
  }
}
