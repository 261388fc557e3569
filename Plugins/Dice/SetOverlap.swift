import LossCore
import LossKernels

/// What makes predictions the shares of a set, and the loop over rows that dice and Tversky have in common.
@usableFromInline
struct SetOverlap: Sendable {
  /// What makes predictions probabilities.
  @usableFromInline
  let source: ProbabilityActivation

  @usableFromInline
  let readsLogits: Bool

  init(source: ProbabilityActivation) {
    self.source = source
    readsLogits = source == .sigmoid
  }

  /// Shares p of the predicted set, with 1 − p by themselves, and shares t of the true one.
  @usableFromInline
  struct Elements {
    @usableFromInline
    let p: DoubleVector
    @usableFromInline
    let rest: DoubleVector
    @usableFromInline
    let t: DoubleVector

    @_alwaysEmitIntoClient @inline(__always)
    init(p: DoubleVector, rest: DoubleVector, t: DoubleVector) {
      self.p = p
      self.rest = rest
      self.t = t
    }
  }

  /// Evaluates rows, in double precision: many columns add up.
  ///
  /// - Parameters:
  ///   - measure: The value of a row by sums over its elements, and numbers for its derivatives.
  ///   - derivative: The derivative by the share of each element, by these numbers.
  @_alwaysEmitIntoClient @inline(__always)
  func evaluateRows<Scalar: RealScalar, Numbers>(
    of block: inout LossBlock<Scalar>,
    _ measure: (_ sum: ((Elements) -> DoubleVector) -> Double) -> (value: Double, Numbers),
    derivative: (Elements, Numbers) -> DoubleVector
  ) {
    let width = block.width
    var (p, t) = (DoubleRow(width: width), DoubleRow(width: width))
    var rest = p
    block.withSpans { predictions, targets, _, values, derivatives in
      for row in values.indices {
        p.read(predictions, from: row * width)
        t.read(targets, from: row * width)
        for index in p.indices {
          // A probability outside 0 … 1 is brought to the nearer end.
          let x = readsLogits ? p[index] : .clamp(p[index], from: 0, to: 1)
          p[index] = readsLogits ? .sigmoid(x) : x
          rest[index] = readsLogits ? .sigmoid(-x) : 1 - x
        }
        let (value, numbers) = measure { term in
          p.sum { term(Elements(p: p[$0], rest: rest[$0], t: t[$0])) }
        }
        values[row] = Scalar(value)
        for index in p.indices {
          let (share, missing) = (p[index], rest[index])
          let slope = derivative(Elements(p: share, rest: missing, t: t[index]), numbers)
          p[index] = readsLogits ? slope * (share * missing) : slope
        }
        p.write(to: &derivatives, from: row * width)
      }
    }
  }

  /// Tversky's measure of rows: 1 − (TP + ε) / (TP + α FP + β FN + ε).
  @_alwaysEmitIntoClient @inline(__always)
  func evaluateTversky<Scalar: RealScalar>(
    of block: inout LossBlock<Scalar>, alpha: Double, beta: Double, eps: Double
  ) {
    let (alpha, beta) = (DoubleVector(alpha), DoubleVector(beta))
    evaluateRows(of: &block) { sum in
      let shared = eps + sum { $0.p * $0.t }
      let missed = sum { alpha * $0.p * (1 - $0.t) + beta * $0.rest * $0.t }
      let all = shared + missed
      return (missed / all, (scale: 1 / all, rest: shared / all, loss: missed / all))
    } derivative: { element, row in
      let missed = element.t * (beta * DoubleVector(row.rest) + DoubleVector(row.loss))
      return DoubleVector(row.scale)
        * ((1 - element.t) * alpha * DoubleVector(row.rest) - missed)
    }
  }
}
