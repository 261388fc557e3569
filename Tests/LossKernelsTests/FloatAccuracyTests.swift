import Foundation
import LossKernels
import SeededNumbers
import Testing

@Suite("Accuracy in single precision")
struct FloatAccuracyTests {
  /// The distance of the bit patterns that are tried; prime, so that all bits change.
  static let distance: UInt32 = {
    #if DEBUG
      16_381
    #else
      257
    #endif
  }()

  @Test("Over all numbers, by their bits", arguments: MathFunction.allCases)
  func wholeRange(function: MathFunction) {
    var largest = 0.0
    var place: Float = 0
    for bits in stride(from: 0, through: UInt32.max, by: Int(Self.distance)) {
      let x = Float(bitPattern: bits)
      let error = error(of: function(x), exact: function.reference(Double(x)))
      if error > largest { (largest, place) = (error, x) }
    }
    #expect(largest <= function.bound, "\(function.rawValue)(\(place))")
  }

  @Test("Powers of random bases by random exponents")
  func powers() {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<5_000 {
      let base = Float(bitPattern: UInt32.random(in: 0..<0x7f80_0000, using: &random))
      let exponent = Float.random(in: -4...4, using: &random)
      let exact = Foundation.pow(Double(base), Double(exponent))
      #expect(error(of: .pow(base, exponent), exact: exact) <= 0.51, "pow(\(base), \(exponent))")
    }
  }

  @Test("Logarithms of numbers to 1 of which the rest is given too")
  func logarithmsByRest() {
    let least = Float.leastNormalMagnitude.bitPattern
    for bits in stride(from: least, through: Float(1).bitPattern, by: Int(Self.distance)) {
      // A number near 1, and one near 0.
      let (rest, small) = (Float(bitPattern: bits), Float(bitPattern: bits))
      for (x, rest) in [(1 - rest, rest), (small, 1 - small)] where x > 0 {
        let exact =
          x < 0.75 ? Foundation.log(Double(x)) : Foundation.log1p(-Double(rest))
        #expect(error(of: .log(x, rest: rest), exact: exact) <= 1, "\(x), \(rest)")
        // By `log` and `log1p`.
        #expect(Dual<Float>.log(Dual(x), rest: Dual(rest)).value == .log(x, rest: rest))
      }
    }
  }

  @Test("Sigmoid and softplus at once have the bits of one after the other")
  func sigmoidAndSoftplus() {
    for bits in stride(from: 0, to: Float.infinity.bitPattern, by: Int(Self.distance)) {
      let x = Float(bitPattern: bits)
      let (sigmoid, softplus) = Float.sigmoidAndSoftplus(ofMinus: x)
      #expect(sigmoid == .sigmoid(-x) && softplus == .softplus(-x), "\(x)")
      let (traced, other) = Dual<Float>.sigmoidAndSoftplus(ofMinus: Dual(x))
      #expect(sigmoid == traced.value && softplus == other.value, "\(x)")
    }
  }

  @Test("Nowhere does a function turn back around 0, nor where its range ends")
  func monotonicity() {
    let places: [(function: MathFunction, around: [Float])] = [
      (.exp, [0, 88.72283, -103.97207, -87.33654]),
      (.log, [1, .leastNormalMagnitude, .greatestFiniteMagnitude]),
      (.log1p, [0, -0.9999, .greatestFiniteMagnitude]),
      (.sigmoid, [0, 17, -103.97207, -87.33654]),
      (.softplus, [0, 17, -103.97207, -87.33654]),
      (.tanh, [0, 9, -9]),
      (.atan, [0, 0.41421357, 2.4142137, -1]),
    ]
    for (function, around) in places {
      for place in around {
        let values = neighbours(of: place, count: 300).map { function($0) }
        #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 }, "\(function) at \(place)")
      }
    }
  }

  /// `x` between the finite numbers next to it, `count` on either side, in ascending order.
  private func neighbours(of x: Float, count: Int) -> [Float] {
    let below = sequence(first: x) { $0.nextDown.isFinite ? $0.nextDown : nil }
    let above = sequence(first: x) { $0.nextUp.isFinite ? $0.nextUp : nil }
    return below.dropFirst().prefix(count).reversed() + above.prefix(count + 1)
  }
}
