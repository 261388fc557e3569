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
        logSoftmax(&student)
        logSoftmax(&teacher)
        var divergence = 0.0
        for column in 0..<width {
          let (p, q) = (Double.exp(student[column]), Double.exp(teacher[column]))
          if q > 0 { divergence += q * (teacher[column] - student[column]) }
          derivatives[row * width + column] = Scalar(temperature / Double(width) * (p - q))
        }
        values[row] = Scalar(temperature * temperature / Double(width) * divergence)
      }
    }
  }

  /// Replaces logits by the logarithms of their probabilities at the temperature.
  private func logSoftmax(_ row: inout [Double]) {
    let largest = row.max() ?? 0
    for column in row.indices { row[column] = (row[column] - largest) / temperature }
    let logSum = Double.log(row.reduce(0) { $0 + Double.exp($1) })
    for column in row.indices { row[column] -= logSum }
  }
}
