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
    var student = DoubleRows(width: width)
    var (teacher, ratio) = (student, student)
    let scale = DoubleVector(temperature * temperature / Double(width))
    block.withSpans { predictions, targets, _, values, derivatives in
      for row in stride(from: 0, to: values.count, by: DoubleVector.count) {
        student.read(predictions, fromRow: row)
        teacher.read(targets, fromRow: row)
        compare(&student, with: &teacher, ratio: &ratio)
        let divergence = scale * divergence(of: &student, from: teacher, ratio: ratio)
        student.write(to: &derivatives, fromRow: row)
        for lane in 0..<min(DoubleVector.count, values.count - row) {
          values[row + lane] = Scalar(divergence[lane])
        }
      }
    }
  }

  /// Replaces logits by probabilities: the student's p and the teacher's q; log p − log q becomes the ratio.
  @_alwaysEmitIntoClient @inline(__always)
  func compare(_ student: inout DoubleRows, with teacher: inout DoubleRows, ratio: inout DoubleRows)
  {
    let scale = DoubleVector(1 / temperature)
    let (top, topOfTeacher) = (student.largest { student[$0] }, teacher.largest { teacher[$0] })
    let farthest = student.largest { student[$0] - teacher[$0] }
    let spread = farthest + student.largest { teacher[$0] - student[$0] }
    let areNear = spread * scale <= 0.3
    for index in student.indices {
      let (x, y) = (student[index], teacher[index])
      let (p, q) = ((x - top) * scale, (y - topOfTeacher) * scale)
      ratio[index] = .select(areNear, (x - y - farthest) * scale, else: p - q)
      student[index] = .exp(p)
      teacher[index] = .exp(q)
    }
    let (sum, sumOfTeacher) = (student.sum { student[$0] }, teacher.sum { teacher[$0] })
    let (share, shareOfTeacher) = (1 / sum, 1 / sumOfTeacher)
    for index in student.indices {
      student[index] = student[index] * share
      teacher[index] = teacher[index] * shareOfTeacher
    }
    // Of models that are near each other log Σ q exp(x), with x near 0, in place of a difference of two equals.
    let mean = ratio.sum { index in
      teacher[index] * (ratio[index] + DoubleVector.Format.exponentialTail(ratio[index]))
    }
    let shift = DoubleVector.select(areNear, .log1p(mean), else: .log(sum) - .log(sumOfTeacher))
    for index in ratio.indices { ratio[index] = ratio[index] - shift }
  }

  /// Σ q (log q − log p); the derivatives replace the student's probabilities.
  @_alwaysEmitIntoClient @inline(__always)
  func divergence(
    of student: inout DoubleRows, from teacher: DoubleRows, ratio: DoubleRows
  ) -> DoubleVector {
    let scale = DoubleVector(temperature / Double(teacher.indices.count))
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
