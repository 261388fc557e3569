import LossKernels

/// Distributions over 0, 1, …, bins − 1, given by logits side by side, and their means.
///
/// With pⱼ = softmax(x)ⱼ: mean = Σ j pⱼ, ∂mean/∂xⱼ = pⱼ (j − mean).
struct BinDistributions<Scalar: LossScalar> {
  /// The mean of each distribution.
  let means: [Scalar]
  /// Each mean's derivatives by the logits; none if they weren't asked for.
  private let derivatives: [Scalar]
  private let bins: Int

  /// The distributions of each `bins` logits, which are finite.
  init(
    _ logits: Span<Scalar>, bins: Int, derivatives wantsDerivatives: Bool,
    with instructions: InstructionSet
  ) {
    let count = logits.count / bins
    var means: [Scalar] = zeros(count)
    var derivatives: [Scalar] = zeros(wantsDerivatives ? count * bins : 0)
    var meanSpan = means.mutableSpan
    var derivativeSpan = derivatives.mutableSpan
    _ = try? Scalar.rowFunction(with: instructions)(
      logits.extracting(first: count * bins), Span(), Span(), bins, 1, Span(), 1, &meanSpan,
      &derivativeSpan, Scalar.function(of: BinMeans(), with: instructions))
    self.means = means
    self.derivatives = derivatives
    self.bins = bins
  }

  /// Turns derivatives by the means into those by the logits.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func spread(_ byMeans: [Scalar], to gradient: inout MutableSpan<Scalar>) {
    for (distribution, byMean) in byMeans.enumerated() {
      for place in distribution * bins..<(distribution + 1) * bins {
        gradient[place] = byMean * derivatives[place]
      }
    }
  }
}

/// The means of distributions over bins, of rows of logits: the values of `BinDistributions`.
public struct BinMeans: BlockFormula {
  @_alwaysEmitIntoClient @inline(__always)
  public func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    block.evaluateBinMeans()
  }
}
