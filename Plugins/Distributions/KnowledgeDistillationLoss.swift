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

  @usableFromInline
  let temperature: Double

  public init(parameters: Parameters) { temperature = parameters[Self.temperature] }

  public var activation: Activation { .softmax }

  @_alwaysEmitIntoClient @inline(__always)
  public func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    let width = block.width
    var student = DoubleRow(width: width)
    var teacher = student
    var ratio = student
    block.withSpans { predictions, targets, _, values, derivatives in
      for row in values.indices {
        student.read(predictions, from: row * width)
        teacher.read(targets, from: row * width)
        compare(&student, with: &teacher, ratio: &ratio)
        let divergence = divergence(of: &student, from: teacher, ratio: ratio)
        values[row] = Scalar(temperature * temperature / Double(width) * divergence)
        student.write(to: &derivatives, from: row * width)
      }
    }
  }

  /// Replaces logits by probabilities: the student's p and the teacher's q; log p − log q becomes the ratio.
  @_alwaysEmitIntoClient @inline(__always)
  func compare(_ student: inout DoubleRow, with teacher: inout DoubleRow, ratio: inout DoubleRow) {
    let scale = DoubleVector(1 / temperature)
    let (top, topOfTeacher) = (student.largest { student[$0] }, teacher.largest { teacher[$0] })
    let differences = (
      least: -student.largest { teacher[$0] - student[$0] },
      largest: student.largest { student[$0] - teacher[$0] }
    )
    let areNear = differences.largest - differences.least <= 0.3 * temperature
    for index in student.indices {
      let (x, y) = (student[index], teacher[index])
      let p = (x - DoubleVector(top)) * scale
      let q = (y - DoubleVector(topOfTeacher)) * scale
      ratio[index] = areNear ? (x - y - DoubleVector(differences.largest)) * scale : p - q
      student[index] = .exp(p)
      teacher[index] = .exp(q)
    }
    let (sum, sumOfTeacher) = (student.sum { student[$0] }, teacher.sum { teacher[$0] })
    let (share, shareOfTeacher) = (DoubleVector(1 / sum), DoubleVector(1 / sumOfTeacher))
    for index in student.indices {
      student[index] = student[index] * share
      teacher[index] = teacher[index] * shareOfTeacher
    }
    // Of models that are near each other log Σ q exp(x), with x near 0, in place of a difference of two equals.
    let shift =
      areNear
      ? Double.log1p(
        ratio.sum { teacher[$0] * (ratio[$0] + DoubleVector.Format.exponentialTail(ratio[$0])) })
      : Double.log(sum) - Double.log(sumOfTeacher)
    for index in ratio.indices { ratio[index] = ratio[index] - DoubleVector(shift) }
  }

  /// Σ q (log q − log p); the derivatives replace the student's probabilities.
  @_alwaysEmitIntoClient @inline(__always)
  func divergence(
    of student: inout DoubleRow, from teacher: DoubleRow, ratio: DoubleRow
  ) -> Double {
    let scale = DoubleVector(temperature / Double(student.width))
    // As the probabilities of both add up to 1, p − q may be added to each q (log q − log p), which leaves
    // nothing to cancel.
    return teacher.sum { index in
      let (p, q, ratio) = (student[index], teacher[index], ratio[index])
      let tail = q * DoubleVector.Format.exponentialTail(ratio)
      let isSmall = DoubleVector.abs(ratio) < 0.3
      let difference = DoubleVector.select(isSmall, q * ratio + tail, else: p - q)
      student[index] = scale * difference
      return .select(
        isSmall, tail, else: .select(q > 0, difference - q * ratio, else: difference))
    }
  }
}
