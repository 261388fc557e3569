import LossCore
import LossKernels

/// Knowledge distillation: how far the softmax of a row is from that of another model's logits, both at a
/// temperature T.
///
/// Hinton et al. 2015: ℓ = T² / K · KL(softmax(t / T) ‖ softmax(x / T)) for rows of K columns, whose mean is what
/// `KnowledgeDistillationKLDivLoss` of mmdetection takes. Targets are logits, through which no gradient flows.
public struct KnowledgeDistillationLoss: DenseLoss {
  static let temperature = Parameter(
    "temperature", .number(.between(1e-3, 1e6)), default: 10,
    help: "T: the higher, the more the less likely columns count.")

  public static let declaration = Declaration(
    name: "knowledge_distillation",
    summary: "Divergence from the softmax of another model's logits; targets are logits.",
    formula: """
      l = T^2 / K sum_j q_j (log q_j - log p_j),  T = temperature, K columns
      p = softmax(x / T),  q = softmax(target / T)
      dl/dx_j = T / K (p_j - q_j)
      """,
    source: "Hinton et al. 2015, arXiv:1503.02531; KnowledgeDistillationKLDivLoss of mmdetection",
    parameters: [temperature])

  private let temperature: Double

  public init(parameters: Parameters) { temperature = parameters[Self.temperature] }

  public var activation: Activation { .softmax }

  @_alwaysEmitIntoClient @inline(__always)
  public func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    evaluateRows(of: &block)
  }

  /// Evaluates rows in double precision, whose differences keep the digits of single precision.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @usableFromInline
  func evaluateRows<Scalar: RealScalar>(of block: inout LossBlock<Scalar>) {
    let width = block.width
    var student = [Double](repeating: 0, count: width)
    var teacher = student
    block.withSpans { predictions, targets, _, values, derivatives in
      for row in values.indices {
        for column in 0..<width {
          student[column] = Double(predictions[row * width + column])
          teacher[column] = Double(targets[row * width + column])
        }
        compare(&student, with: &teacher)
        // As the probabilities of both add up to 1, p − q may be added to each q (log q − log p), which leaves
        // nothing to cancel.
        var divergence = 0.0
        for column in 0..<width {
          let (ratio, q) = (student[column], Double.exp(teacher[column]))
          let tail: Double
          let difference: Double
          if abs(ratio) < 0.3 {
            tail = q * Double.exponentialTail(ratio)
            difference = q * ratio + tail
          } else {
            difference = Double.exp(teacher[column] + ratio) - q
            tail = q > 0 ? difference - q * ratio : difference
          }
          divergence += tail
          derivatives[row * width + column] = Scalar(temperature / Double(width) * difference)
        }
        values[row] = Scalar(temperature * temperature / Double(width) * divergence)
      }
    }
  }

  /// Replaces the teacher's logits by the logarithms of its probabilities q, and the student's by log p − log q.
  private func compare(_ student: inout [Double], with teacher: inout [Double]) {
    var differences = student
    for column in student.indices {
      differences[column] = (student[column] - teacher[column]) / temperature
    }
    logSoftmax(&teacher)
    guard differences.allSatisfy({ abs($0) <= 1 }) else {
      logSoftmax(&student)
      for column in student.indices { student[column] -= teacher[column] }
      return
    }
    // log of the sum of q exp(difference), near models' being near 0.
    var rest = 0.0
    for (x, q) in zip(differences, teacher) {
      rest += Double.exp(q) * (x + Double.exponentialTail(x))
    }
    let shift = Double.log1p(rest)
    for column in student.indices { student[column] = differences[column] - shift }
  }

  /// Replaces logits by the logarithms of their probabilities at the temperature.
  private func logSoftmax(_ row: inout [Double]) {
    let largest = row.max() ?? 0
    for column in row.indices { row[column] = (row[column] - largest) / temperature }
    let logSum = Double.log(row.reduce(0) { $0 + Double.exp($1) })
    for column in row.indices { row[column] -= logSum }
  }
}
