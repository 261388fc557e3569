import Foundation
import LossKernels
import SeededNumbers
import Testing

@Suite("Derivatives by dual numbers")
struct DualTests {
  /// What formulas do with two values.
  enum Operation: CaseIterable {
    case sum, difference, product, quotient, negation, magnitude, minimum, maximum, clamp, selection
    case exp, log, log1p, sqrt, power, tanh, atan, sigmoid, softplus, literals

    /// For x > 0 and y > 0.
    func callAsFunction<Value: FormulaValue>(_ x: Value, _ y: Value) -> Value {
      switch self {
      case .sum: x + y
      case .difference: x - y
      case .product: x * y
      case .quotient: x / y
      case .negation: -x
      case .magnitude: .abs(x - y)
      case .minimum: .min(x, 2 * y)
      case .maximum: .max(x, 2 * y)
      case .clamp: .clamp(x, from: 0.5, to: 2 * y)
      case .selection: .select(x < y, x * x, else: y)
      case .exp: .exp(-x)
      case .log: .log(x)
      case .log1p: .log1p(x)
      case .sqrt: .sqrt(x)
      case .power: .pow(x, y)
      case .tanh: .tanh(x - y)
      case .atan: .atan(x - y)
      case .sigmoid: .sigmoid(x - y)
      case .softplus: .softplus(x - y)
      case .literals: 3 * x + 0.5 / y - 2
      }
    }
  }

  @Test("Derivatives are central differences", arguments: Operation.allCases)
  func centralDifferences(operation: Operation) {
    var random = SeededGenerator(seed: 21)
    let step = 1e-5
    for _ in 0..<300 {
      let x = Double.random(in: 0.1...4, using: &random)
      let y = Double.random(in: 0.1...4, using: &random)
      // No nearer than a step to where a formula changes.
      guard min(abs(x - y), abs(x - 2 * y), abs(x - 0.5)) > 2 * step else { continue }
      let dual = operation(Dual(x, Derivatives(first: 1)), Dual(y, Derivatives(second: 1)))
      let byX = (operation(x + step, y) - operation(x - step, y)) / (2 * step)
      let byY = (operation(x, y + step) - operation(x, y - step)) / (2 * step)
      #expect(dual.value == operation(x, y))
      #expect(abs((dual.derivatives.first ?? 0) - byX) <= 1e-7 * max(1, abs(byX)), "\(x), \(y)")
      #expect(abs((dual.derivatives.second ?? 0) - byY) <= 1e-7 * max(1, abs(byY)), "\(x), \(y)")
    }
  }

  @Test("Vectors have the bits of numbers", arguments: Operation.allCases)
  func vectors(operation: Operation) {
    var random = SeededGenerator(seed: 22)
    for _ in 0..<50 {
      var (x, y) = (SIMD16<Float>(), SIMD16<Float>())
      for lane in 0..<16 {
        x[lane] = Float.random(in: 0.1...4, using: &random)
        y[lane] = Float.random(in: 0.1...4, using: &random)
      }
      let vector = operation(
        Dual(FloatVector(x), Derivatives(first: 1)), Dual(FloatVector(y), Derivatives(fourth: 1)))
      for lane in 0..<16 {
        let number = operation(
          Dual(x[lane], Derivatives(first: 1)), Dual(y[lane], Derivatives(fourth: 1)))
        #expect(vector.value.lanes[lane] == number.value)
        #expect(vector.derivatives.first?.lanes[lane] == number.derivatives.first)
        #expect(vector.derivatives.fourth?.lanes[lane] == number.derivatives.fourth)
      }
    }
  }

  /// Between subnormal derivatives and the ends of the range, relative to the exact derivative in Double.
  @Test("Derivatives keep their digits where the function is flat or steep")
  func accuracy() {
    var random = SeededGenerator(seed: 23)
    func check(_ name: String, _ x: Float, _ derivative: Float, _ exact: Double) {
      guard Swift.abs(exact) > 1.2e-38, Swift.abs(exact) < 3.4e38 else { return }
      #expect(Swift.abs(Double(derivative) - exact) <= 1e-6 * Swift.abs(exact), "\(name)(\(x))")
    }
    for _ in 0..<3_000 {
      let size = Float(pow(10, Double.random(in: -30...2, using: &random)))
      let x = Bool.random(using: &random) ? size : -size
      let d = Double(x)
      let e = Foundation.exp(-Swift.abs(d))
      check("sigmoid", x, differentiate(at: x) { .sigmoid($0) }.derivative, e / ((1 + e) * (1 + e)))
      check(
        "softplus", x, differentiate(at: x) { .softplus($0) }.derivative, (d < 0 ? e : 1) / (1 + e))
      let f = Foundation.exp(-2 * Swift.abs(d))
      check("tanh", x, differentiate(at: x) { .tanh($0) }.derivative, 4 * f / ((1 + f) * (1 + f)))
      check("atan", x, differentiate(at: x) { .atan($0) }.derivative, 1 / (1 + d * d))
      let s = Double(size)
      check("log", size, differentiate(at: size) { .log($0) }.derivative, 1 / s)
      check("log1p", size, differentiate(at: size) { .log1p($0) }.derivative, 1 / (1 + s))
      check("sqrt", size, differentiate(at: size) { .sqrt($0) }.derivative, 0.5 / s.squareRoot())
      for power: Float in [0.1, 0.3, 0.5, 1, 1.5, 2, 4.7] {
        let exact = Double(power) * Foundation.pow(s, Double(power) - 1)
        check(
          "pow \(power)", size, differentiate(at: size) { .pow($0, Dual(power)) }.derivative, exact)
      }
    }
  }

  @Test("At a kink the derivative is the mean of those on both sides")
  func kinks() {
    #expect(differentiate(at: 0.0) { .abs($0) }.derivative == 0)
    #expect(differentiate(at: 0.0) { .max($0, 0) }.derivative == 0.5)
    #expect(differentiate(at: 3.0) { .min($0, 3) }.derivative == 0.5)
    #expect(differentiate(at: 3.0) { .min($0, Dual(2) * $0 - Dual(3)) }.derivative == 1.5)
    #expect(differentiate(at: 1.0) { .clamp($0, from: 1, to: 2) }.derivative == 0.5)
    #expect(differentiate(at: -0.0) { .abs($0) }.derivative == 0)
  }

  @Test("An infinite derivative of the side not taken, or times 0, makes no NaN")
  func infiniteDerivatives() {
    let formulas: [(Double, (Dual<Double>) -> Dual<Double>, Double)] = [
      (0, { .select($0 > 0, .sqrt($0), else: 2 * $0) }, 2),
      (0, { .select($0 > 0, .log($0), else: $0) }, 1),
      (-1, { .select($0 > -1, .log1p($0), else: 3 * $0) }, 3),
      (-2, { .select($0 > 0, .pow($0, 0.5), else: $0 * $0) }, -4),
      (0, { .sqrt($0 * $0) }, 0),
      (0, { .pow($0 * $0, 0.5) }, 0),
      (0, { .pow($0, 2) }, 0),
      (0, { .pow($0, 1) }, 1),
      (0, { .pow($0, 0) }, 0),
      (0, { .pow(0, 1 + $0) }, 0),
      (0, { .max(.log($0), -100) }, 0),
      (0, { .log(1 - .constant($0)) + $0 }, 1),
    ]
    for (index, (x, formula, derivative)) in formulas.enumerated() {
      #expect(differentiate(at: x, formula).derivative == derivative, "formula \(index)")
    }
    #expect(differentiate(at: 0.0) { .sqrt($0) }.derivative == .infinity)
  }

  @Test("A constant has no derivative, and what is made of constants alone has none")
  func constants() {
    let x = Dual(2.0, Derivatives(first: 1, third: 1))
    let y = Dual<Double>.constant(x) * x
    #expect(y.derivatives.first == 2)
    #expect(y.derivatives.second == nil)
    #expect(y.derivatives.third == 2)
    let three: Dual<Double> = 3
    let constant = three * Dual.exp(2) + Dual.select(x > 1, 1, else: 0)
    #expect(constant.derivatives.first == nil)
  }
}
