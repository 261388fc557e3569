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
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  init(_ logits: Span<Scalar>, bins: Int) {
    var means: [Scalar] = []
    var probabilities: [Scalar] = zeros(logits.count)
    means.reserveCapacity(logits.count / bins)
    for start in stride(from: 0, to: logits.count, by: bins) {
      var largest = logits[start]
      for bin in 1..<bins { largest = max(largest, logits[start + bin]) }
      var sum: Scalar = 0
      var weighted: Scalar = 0
      for bin in 0..<bins {
        let exponential = Scalar.exp(logits[start + bin] - largest)
        probabilities[start + bin] = exponential
        sum += exponential
        weighted += Scalar(bin) * exponential
      }
      for bin in 0..<bins { probabilities[start + bin] /= sum }
      means.append(weighted / sum)
    }
    self.means = means
    self.probabilities = probabilities
    self.bins = bins
  }

  /// Turns derivatives by the means into those by the logits.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func spread(_ derivatives: [Scalar], to gradient: inout MutableSpan<Scalar>) {
    for (distribution, derivative) in derivatives.enumerated() {
      for bin in 0..<bins {
        let index = distribution * bins + bin
        gradient[index] =
          derivative * probabilities[index] * (Scalar(bin) - means[distribution])
      }
    }
  }
}
