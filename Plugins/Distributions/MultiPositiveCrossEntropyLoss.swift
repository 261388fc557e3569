import LossCore
import LossKernels

/// Cross-entropy with several right columns: each right one is held against all wrong ones.
///
/// Pang et al. 2021, by which QDTrack compares an object with all that are the same and all that aren't:
/// ℓ = log(1 + Σₚ Σₙ exp(xₙ − xₚ)) over right columns p, whose target is 1, and wrong ones n, whose target is 0. A row
/// with right columns or wrong ones alone is 0. As `MultiPosCrossEntropyLoss` of mmdetection.
public struct MultiPositiveCrossEntropyLoss: DenseLoss {
  public static let declaration = Declaration(
    name: "multi_positive_cross_entropy",
    summary: "Softmax-like cross-entropy where several columns are right; targets are 0 or 1.",
    formula: """
      l = log(1 + sum_p sum_n exp(x_n - x_p)),  p where y > 0.5, n elsewhere
      dl/dx_n = s softmax(x over n)_n,  dl/dx_p = -s softmax(-x over p)_p,  s = 1 - exp(-l)
      """,
    source: "Pang et al. 2021, arXiv:2006.06664; MultiPosCrossEntropyLoss of mmdetection")

  public init(parameters: Parameters) {}

  @_alwaysEmitIntoClient @inline(__always)
  public func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    evaluateRows(of: &block)
  }

  /// Evaluates rows in double precision, whose sums keep the digits of single precision.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @usableFromInline
  func evaluateRows<Scalar: RealScalar>(of block: inout LossBlock<Scalar>) {
    let width = block.width
    block.withSpans { predictions, targets, _, values, derivatives in
      for row in values.indices {
        let columns = row * width..<(row + 1) * width
        let isRight = columns.map { targets[$0] > 0.5 }
        // Right columns turned round, so that both sides have their largest number on top.
        let numbers = zip(columns, isRight).map {
          $1 ? -Double(predictions[$0]) : Double(predictions[$0])
        }
        guard let right = logSum(numbers, isRight, true),
          let wrong = logSum(numbers, isRight, false)
        else { continue }
        values[row] = Scalar(Double.softplus(right + wrong))
        let slope = Double.sigmoid(right + wrong)
        for (index, column) in columns.enumerated() {
          let share = Double.exp(numbers[index] - (isRight[index] ? right : wrong))
          derivatives[column] = Scalar(isRight[index] ? -slope * share : slope * share)
        }
      }
    }
  }

  /// log Σ exp of the numbers on one side; `nil` where there are none.
  private func logSum(_ numbers: [Double], _ isRight: [Bool], _ side: Bool) -> Double? {
    let taken = zip(numbers, isRight).filter { $1 == side }.map(\.0)
    guard let largest = taken.max() else { return nil }
    return largest + Double.log(taken.reduce(0) { $0 + Double.exp($1 - largest) })
  }
}
