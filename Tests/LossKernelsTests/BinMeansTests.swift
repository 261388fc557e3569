import LossKernels
import SeededNumbers
import Testing

/// Means of distributions, and their derivatives, a vector of distributions at a time.
@Suite struct BinMeansTests {
  /// Counts below, at and above a vector, and more than a block of rows; bins that are whole fours and that aren't.
  @Test(arguments: [1, 7, 8, 16, 17, 40, 700], [1, 2, 4, 7, 16, 17])
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
    var alone = zeros(count) as [Number]
    var gradient = zeros(logits.count) as [Number]
    func evaluate(_ means: inout MutableSpan<Number>, _ gradient: inout MutableSpan<Number>) {
      let sum = evaluateRows(
        logits.span, targets: Span(), classes: Span(), width: bins, valuesPerRow: 1,
        weights: upstream.span, scale: 1, values: &means, gradient: &gradient
      ) { $0.evaluateBinMeans() }
      #expect(sum.isFinite)
    }
    do {
      var meanSpan = means.mutableSpan
      var gradientSpan = gradient.mutableSpan
      evaluate(&meanSpan, &gradientSpan)
      var aloneSpan = alone.mutableSpan
      var none = MutableSpan<Number>()
      evaluate(&aloneSpan, &none)
    }
    #expect(alone == means, "the same without derivatives")
    for row in 0..<count {
      let x = logits[row * bins..<(row + 1) * bins].map { Double($0) }
      let powers = x.map { Double.exp($0 - (x.max() ?? 0)) }
      let p = powers.map { $0 / powers.reduce(0, +) }
      let mean = p.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
      // Values are weighted as gradients are.
      let weighted = Double(upstream[row]) * mean
      #expect(abs(Double(means[row]) - weighted) <= tolerance * Double(bins))
      for bin in 0..<bins {
        let place = row * bins + bin
        let derivative = Double(upstream[row]) * p[bin] * (Double(bin) - mean)
        #expect(abs(Double(gradient[place]) - derivative) <= tolerance * Double(bins))
      }
    }
  }
}
