import LossKit

struct CornerLoss: BoxPairLoss {
  static let eps = Parameter(
    "eps", .number(.above(0)), default: 1e-7, help: "Keeps the divisor from 0.")

  static let declaration = Declaration(
    name: "corner",
    summary: "Squared distances of two corners, in squared diagonals of the box around both.",
    formula: """
      l = ((x1 - x1_t)^2 + (y1 - y1_t)^2 + (x2 - x2_t)^2 + (y2 - y2_t)^2) / (c^2 + eps)
      """,
    source: "An example",
    parameters: [eps])

  private let eps: Double

  init(parameters: Parameters) { eps = parameters[Self.eps] }

  @inline(__always)
  func loss<Value: FormulaValue>(
    _ prediction: FormulaBox<Value>, against target: FormulaBox<Value>
  ) -> Value {
    let (left, up) = (prediction.x1 - target.x1, prediction.y1 - target.y1)
    let (right, down) = (prediction.x2 - target.x2, prediction.y2 - target.y2)
    let hull = prediction.hull(target)
    let diagonal = hull.width * hull.width + hull.height * hull.height
    return (left * left + up * up + right * right + down * down) / (diagonal + Value(eps))
  }
}
