import LossCore
import LossKernels

/// What makes predictions the shares of a set, and the loop over rows that dice and Tversky have in common.
struct SetOverlap: Sendable {
  /// What makes predictions probabilities.
  let source: ProbabilityActivation

  private let readsLogits: Bool

  init(source: ProbabilityActivation) {
    self.source = source
    readsLogits = source == .sigmoid
  }

  /// A share p of the predicted set, with 1 − p by itself, and the share t of the true one.
  struct Element {
    let p: Double
    let rest: Double
    let t: Double

    /// |p − t| where t is 0 or 1: p t′ + t p′ with the rests t′ and p′.
    var missed: Double { p * (1 - t) + t * rest }
  }

  /// Evaluates rows, in double precision: many columns add up.
  ///
  /// - Parameter row: The value of a row, and its derivative by the share of each element.
  @inline(__always)
  func evaluateRows<Scalar: RealScalar>(
    of block: inout LossBlock<Scalar>,
    _ row: ([Element]) -> (value: Double, derivative: (Element) -> Double)
  ) {
    let width = block.width
    block.withSpans { predictions, targets, _, values, derivatives in
      for index in values.indices {
        let columns = index * width..<(index + 1) * width
        let elements = columns.map { column in
          element(Double(predictions[column]), Double(targets[column]))
        }
        let (value, derivative) = row(elements)
        values[index] = Scalar(value)
        for (column, element) in zip(columns, elements) {
          let chain = readsLogits ? element.p * element.rest : 1
          derivatives[column] = Scalar(derivative(element) * chain)
        }
      }
    }
  }

  /// An element; a probability outside 0 … 1 is brought to the nearer end.
  private func element(_ prediction: Double, _ target: Double) -> Element {
    guard !readsLogits else {
      return Element(p: .sigmoid(prediction), rest: .sigmoid(-prediction), t: target)
    }
    let p = Double.clamp(prediction, from: 0, to: 1)
    return Element(p: p, rest: 1 - p, t: target)
  }

  /// Tversky's measure of rows: 1 − (TP + ε) / (TP + α FP + β FN + ε).
  @inline(__always)
  func evaluateTversky<Scalar: RealScalar>(
    of block: inout LossBlock<Scalar>, alpha: Double, beta: Double, eps: Double
  ) {
    evaluateRows(of: &block) { elements in
      let shared = elements.reduce(eps) { $0 + $1.p * $1.t }
      let missed = elements.reduce(0) { $0 + alpha * $1.p * (1 - $1.t) + beta * $1.rest * $1.t }
      let all = shared + missed
      let (loss, rest) = (missed / all, shared / all)
      return (loss, { ((1 - $0.t) * alpha * rest - $0.t * (beta * rest + loss)) / all })
    }
  }
}
