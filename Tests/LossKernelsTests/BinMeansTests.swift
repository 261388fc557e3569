import LossKernels
import SeededNumbers
import Testing

/// Means of distributions, and their derivatives, a vector of distributions at a time.
@Suite struct BinMeansTests {
  /// Counts below, at and above a vector; bins that are whole fours and that aren't.
  @Test(arguments: [1, 7, 8, 16, 17, 40], [1, 2, 4, 7, 16, 17])
  func meansAreThoseOfTheDefinition(count: Int, bins: Int) {
    var generator = SeededGenerator(seed: UInt64(100 * count + bins))
    let logits = (0..<count * bins).map { _ in Double.random(in: -6...6, using: &generator) }
    let upstream = (0..<count).map { _ in Double.random(in: -1...1, using: &generator) }
    check(logits, upstream, bins: bins, within: 1e-13)
    check(logits.map { Float($0) }, upstream.map { Float($0) }, bins: bins, within: 2e-5)
  }

  private func check<Number: RealScalar>(
    _ logits: [Number], _ upstream: [Number], bins: Int, within tolerance: Double
  ) {
    let count = upstream.count
    var means = zeros(count) as [Number]
    var probabilities = zeros(logits.count) as [Number]
    var alone = zeros(count) as [Number]
    var gradient = zeros(logits.count) as [Number]
    do {
      var meanSpan = means.mutableSpan
      var probabilitySpan = probabilities.mutableSpan
      evaluateBins(logits.span, bins: bins, means: &meanSpan, probabilities: &probabilitySpan)
      var aloneSpan = alone.mutableSpan
      var none = MutableSpan<Number>()
      evaluateBins(logits.span, bins: bins, means: &aloneSpan, probabilities: &none)
      var gradientSpan = gradient.mutableSpan
      differentiateBins(
        upstream.span, means: means.span, probabilities: probabilities.span, bins: bins,
        gradient: &gradientSpan)
    }
    #expect(alone == means, "the same without probabilities")
    for row in 0..<count {
      let x = logits[row * bins..<(row + 1) * bins].map { Double($0) }
      let powers = x.map { Double.exp($0 - (x.max() ?? 0)) }
      let p = powers.map { $0 / powers.reduce(0, +) }
      let mean = p.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
      #expect(abs(Double(means[row]) - mean) <= tolerance * Double(bins))
      for bin in 0..<bins {
        let place = row * bins + bin
        #expect(abs(Double(probabilities[place]) - p[bin]) <= tolerance)
        let derivative = Double(upstream[row]) * p[bin] * (Double(bin) - mean)
        #expect(abs(Double(gradient[place]) - derivative) <= tolerance * Double(bins))
      }
    }
  }
}
