import LossKernels
import SeededNumbers

extension SeededGenerator {
  /// A number that is any bit pattern, one between −20 and 20, or one of the numbers at the ends.
  private mutating func number<Value: BinaryFloatingPoint>(bitPattern: Value) -> Value
  where Value.RawSignificand: FixedWidthInteger {
    let special: [Value] = [
      0, -0.0, 1, -1, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, .leastNormalMagnitude,
      .greatestFiniteMagnitude,
    ]
    return switch Int.random(in: 0..<8, using: &self) {
    case 0: special.randomElement(using: &self) ?? 0
    case 1...3: bitPattern
    default: Value.random(in: -20...20, using: &self)
    }
  }

  /// `count` vectors of such numbers.
  mutating func floatVectors(count: Int) -> [FloatVector] {
    (0..<count).map { _ in
      var lanes = SIMD16<Float>()
      for lane in lanes.indices {
        let bits = UInt32(truncatingIfNeeded: next())
        lanes[lane] = number(bitPattern: Float(bitPattern: bits))
      }
      return FloatVector(lanes)
    }
  }

  /// `count` vectors of such numbers.
  mutating func doubleVectors(count: Int) -> [DoubleVector] {
    (0..<count).map { _ in
      var lanes = SIMD8<Double>()
      for lane in lanes.indices {
        lanes[lane] = number(bitPattern: Double(bitPattern: next()))
      }
      return DoubleVector(lanes)
    }
  }
}
