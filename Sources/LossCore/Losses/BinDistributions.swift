import LossKernels

/// Distributions over 0, 1, …, bins − 1, given by logits side by side, and their means.
///
/// With pⱼ = softmax(x)ⱼ: mean = Σ j pⱼ, ∂mean/∂xⱼ = pⱼ (j − mean).
struct BinDistributions<Scalar: LossScalar> {
  /// The mean of each distribution.
  let means: [Scalar]
  private let probabilities: [Scalar]
  private let bins: Int

  /// The distributions of each `bins` logits.
  init(_ logits: Span<Scalar>, bins: Int) {
    let count = logits.count / bins
    var means: [Scalar] = zeros(count)
    var probabilities: [Scalar] = zeros(count * bins)
    var meanSpan = means.mutableSpan
    var probabilitySpan = probabilities.mutableSpan
    evaluateBins(
      logits.extracting(first: count * bins), bins: bins, means: &meanSpan,
      probabilities: &probabilitySpan)
    self.means = means
    self.probabilities = probabilities
    self.bins = bins
  }

  /// The means of distributions of `bins` logits each.
  static func means(of logits: Span<Scalar>, bins: Int) -> [Scalar] {
    let count = logits.count / bins
    var means: [Scalar] = zeros(count)
    var meanSpan = means.mutableSpan
    var none = MutableSpan<Scalar>()
    evaluateBins(
      logits.extracting(first: count * bins), bins: bins, means: &meanSpan, probabilities: &none)
    return means
  }

  /// Turns derivatives by the means into those by the logits.
  func spread(_ derivatives: [Scalar], to gradient: inout MutableSpan<Scalar>) {
    differentiateBins(
      derivatives.span, means: means.span, probabilities: probabilities.span, bins: bins,
      gradient: &gradient)
  }
}
