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
    let width = block.width
    var numbers = DoubleRow(width: width)
    var sides = numbers
    let nothing = DoubleVector(-.infinity)
    block.withSpans { predictions, targets, _, values, derivatives in
      for row in values.indices {
        numbers.read(predictions, from: row * width)
        sides.read(targets, from: row * width)
        // Right columns turned round, so that both sides have their largest number on top.
        for index in numbers.indices {
          numbers[index] = take(sides[index], right: -numbers[index], wrong: numbers[index])
        }
        let right = numbers.largest { take(sides[$0], right: numbers[$0], wrong: nothing) }
        let wrong = numbers.largest { take(sides[$0], right: nothing, wrong: numbers[$0]) }
        guard right.isFinite, wrong.isFinite else { continue }
        for index in numbers.indices {
          let largest = take(sides[index], right: DoubleVector(right), wrong: DoubleVector(wrong))
          numbers[index] = .exp(numbers[index] - largest)
        }
        let rightSum = numbers.sum { take(sides[$0], right: numbers[$0], wrong: 0) }
        let wrongSum = numbers.sum { take(sides[$0], right: 0, wrong: numbers[$0]) }
        let logit = right + Double.log(rightSum) + (wrong + Double.log(wrongSum))
        values[row] = Scalar(Double.softplus(logit))
        let slope = Double.sigmoid(logit)
        let factors = (
          right: DoubleVector(-slope / rightSum), wrong: DoubleVector(slope / wrongSum)
        )
        for index in numbers.indices {
          let factor = take(sides[index], right: factors.right, wrong: factors.wrong)
          numbers[index] = factor * numbers[index]
        }
        numbers.write(to: &derivatives, from: row * width)
      }
    }
  }

  /// Of right columns one number, of wrong ones another.
  @_alwaysEmitIntoClient @inline(__always)
  func take(_ target: DoubleVector, right: DoubleVector, wrong: DoubleVector) -> DoubleVector {
    .select(target > 0.5, right, else: wrong)
  }
}
