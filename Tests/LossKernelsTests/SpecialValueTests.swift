import LossKernels
import Testing

@Suite("Values at the ends of the range")
struct SpecialValueTests {
  /// Arguments and results that are the same in both formats; NaN equals NaN here.
  static let table: [(function: MathFunction, values: [(Double, Double)])] = [
    (
      .exp,
      [
        (-.infinity, 0), (-1e9, 0), (-0.0, 1), (0, 1), (1e9, .infinity), (.infinity, .infinity),
        (.nan, .nan),
      ]
    ),
    (
      .log,
      [
        (-.infinity, .nan), (-1, .nan), (-0.0, -.infinity), (0, -.infinity), (1, 0),
        (.infinity, .infinity), (.nan, .nan),
      ]
    ),
    (
      .log1p,
      [
        (-.infinity, .nan), (-2, .nan), (-1, -.infinity), (-1e-30, -1e-30), (-0.0, -0.0), (0, 0),
        (1e-30, 1e-30), (.infinity, .infinity), (.nan, .nan),
      ]
    ),
    (
      .sigmoid,
      [
        (-.infinity, 0), (-1e9, 0), (-0.0, 0.5), (0, 0.5), (1e-30, 0.5), (50, 1), (.infinity, 1),
        (.nan, .nan),
      ]
    ),
    (.softplus, [(-.infinity, 0), (-1e9, 0), (50, 50), (.infinity, .infinity), (.nan, .nan)]),
    (
      .tanh,
      [
        (-.infinity, -1), (-50, -1), (-1e-30, -1e-30), (-0.0, 0), (0, 0), (1e-30, 1e-30), (50, 1),
        (.infinity, 1), (.nan, .nan),
      ]
    ),
    (
      .atan,
      [
        (-.infinity, -.pi / 2), (-1e-30, -1e-30), (-0.0, 0), (0, 0), (1, .pi / 4),
        (1e30, .pi / 2), (.infinity, .pi / 2), (.nan, .nan),
      ]
    ),
    (
      .sqrt,
      [(-1, .nan), (-0.0, -0.0), (0, 0), (4, 2), (.infinity, .infinity), (.nan, .nan)]
    ),
  ]

  @Test("Functions of one argument", arguments: table.indices)
  func functions(index: Int) {
    let (function, values) = Self.table[index]
    for (x, result) in values {
      #expect(isSame(function(x), result), "\(function)(\(x))")
      #expect(isSame(function(Float(x)), Float(result)), "\(function)(\(x)) in single precision")
    }
  }

  @Test(
    "Powers",
    arguments: [
      (0, 2, 0), (0, -1, .infinity), (-0.0, 2, 0), (1, .infinity, 1), (1, .nan, 1), (2, 10, 1024),
      (0.5, .infinity, 0), (2, -.infinity, 0), (.infinity, -1, 0), (.infinity, 0.5, .infinity),
      (.infinity, 0, 1), (0, 0, 1), (.nan, 0, 1), (-2, 2, .nan), (.nan, 1, .nan), (2, .nan, .nan),
      (2, 5000, .infinity), (2, -5000, 0),
    ] as [(Double, Double, Double)])
  func powers(x: Double, y: Double, result: Double) {
    // Powers of 2 are exact in single precision; in double precision a unit or two may be missing.
    #expect(isSame(.pow(Float(x), Float(y)), Float(result)))
    let power = Double.pow(x, y)
    #expect(isSame(power, result) || abs(power - result) <= 16 * result.ulp)
  }

  @Test("The formats end with subnormal numbers, and with the infinite where that is nearest")
  func ends() {
    #expect(Float.exp(88.72283) == 0x1.ffff08p127)
    #expect(Float.exp(88.72284) == .infinity)
    #expect(Float.exp(-103.97207) == .leastNonzeroMagnitude)
    #expect(Float.exp(-103.97209) == 0)
    #expect(Float.log(.leastNonzeroMagnitude) == -103.27893)
    #expect(Float.log(.greatestFiniteMagnitude) == 88.72284)
    #expect(Float.log1p(.greatestFiniteMagnitude) == 88.72284)
    #expect(Double.exp(709.782712893384) == 0x1.fffffffffff2ap1023)
    #expect(Double.exp(709.7827128933841) == .infinity)
    #expect(Double.exp(-745.1332191019411) == .leastNonzeroMagnitude)
    #expect(Double.exp(-745.1332191019412) == 0)
    #expect(Double.log(.leastNonzeroMagnitude) == -744.4400719213812)
    #expect(Double.log(.greatestFiniteMagnitude) == 709.782712893384)
  }

  private func isSame<Value: BinaryFloatingPoint>(_ left: Value, _ right: Value) -> Bool {
    left.isNaN ? right.isNaN : left == right && left.sign == right.sign
  }
}
