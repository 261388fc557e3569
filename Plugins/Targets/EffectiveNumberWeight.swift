import LossCore
import LossKernels

/// Weighs each class by how many different objects of it there are, as far as its number tells.
///
/// Cui et al. 2019: n objects cover as much as E = (1 − βⁿ) / (1 − β) that have nothing in common, and a row of their
/// class weighs 1 / E, scaled so that the weights of all classes add up to their number. β = 0 weighs all alike, and
/// near 1 a class weighs 1 / n.
public struct EffectiveNumberWeight: RowWeight {
  static let counts = Parameter(
    "counts", .list(of: .number(.above(0))),
    help: "How many objects of each class the data has, one number a class.")
  static let beta = Parameter(
    "beta", .number(.between(0, 1)), default: 0.999,
    help: "How little objects of a class have in common.")
  static let background = Parameter(
    "background", .number(.atLeast(0)), default: 1, help: "What a row of background counts.")

  public static let declaration = Declaration(
    name: "effective_number",
    summary: "Less for classes of which there is more, by the effective number of their objects.",
    formula: """
      w_c = C v_c / sum_k v_k,  v_c = (1 - beta) / (1 - beta^n_c),  C classes with n_c = counts
      beta = 1: v_c = 1 / n_c;  background for rows of background
      """,
    source: "Cui et al. 2019, arXiv:1901.05555",
    parameters: [counts, beta, background])

  /// By label, that of the background first.
  private let weights: [Float]

  public init(parameters: Parameters) {
    let counts = parameters[Self.counts]
    let beta = parameters[Self.beta]
    let values = counts.map { count in
      beta == 1 ? 1 / count : (1 - beta) / (1 - Double.pow(beta, count))
    }
    let sum = values.reduce(0, +)
    weights =
      [Float(parameters[Self.background])]
      + values.map { Float(Double(values.count) * $0 / sum) }
  }

  public var scope: RowScope { .sampled }

  public func weights(for image: MatchedPriors) throws(InputError) -> [Float] {
    var result: [Float] = []
    for label in image.classes {
      guard weights.indices.contains(Int(label)) else {
        throw InputError(
          Self.declaration.name,
          "has counts of \(weights.count - 1) classes; there is an object of class \(label)")
      }
      result.append(weights[Int(label)])
    }
    return result
  }
}
