import LossKernels
import SeededNumbers
import Testing

@Suite("A lane of a vector has the bits of the scalar")
struct VectorTests {
  @Test("Functions of one argument", arguments: MathFunction.allCases)
  func functions(function: MathFunction) {
    var random = SeededGenerator(seed: 2)
    for x in random.floatVectors(count: 200) {
      expectSame(function(x).lanes, lanes(x.lanes).map { function($0) })
    }
    for x in random.doubleVectors(count: 200) {
      expectSame(function(x).lanes, lanes(x.lanes).map { function($0) })
    }
  }

  @Test("Operators, comparisons and functions of two arguments", arguments: Operation.allCases)
  func operations(operation: Operation) {
    var random = SeededGenerator(seed: 3)
    let floats = random.floatVectors(count: 200)
    for (x, y) in zip(floats, floats.reversed()) {
      let scalars = zip(lanes(x.lanes), lanes(y.lanes)).map { operation($0, $1) }
      expectSame(operation(x, y).lanes, scalars)
    }
    let doubles = random.doubleVectors(count: 200)
    for (x, y) in zip(doubles, doubles.reversed()) {
      let scalars = zip(lanes(x.lanes), lanes(y.lanes)).map { operation($0, $1) }
      expectSame(operation(x, y).lanes, scalars)
    }
  }

  @Test("Literals and parameters are in all lanes")
  func parameters() {
    expectSame((0.1 as FloatVector).lanes, Array(repeating: 0.1, count: 16))
    expectSame((3 as FloatVector).lanes, Array(repeating: 3, count: 16))
    expectSame(FloatVector(0.1).lanes, Array(repeating: 0.1, count: 16))
    expectSame((0.1 as DoubleVector).lanes, Array(repeating: 0.1, count: 8))
    expectSame((3 as DoubleVector).lanes, Array(repeating: 3, count: 8))
    expectSame(DoubleVector(0.1).lanes, Array(repeating: 0.1, count: 8))
  }

  /// What formulas do with two values.
  enum Operation: CaseIterable {
    case sum, difference, product, quotient, negation, magnitude, minimum, maximum, power
    case less, lessOrEqual, greater, greaterOrEqual, and, or, not

    func callAsFunction<Value: FormulaValue>(_ x: Value, _ y: Value) -> Value {
      switch self {
      case .sum: x + y
      case .difference: x - y
      case .product: x * y
      case .quotient: x / y
      case .negation: -x
      case .magnitude: .abs(x)
      case .minimum: .min(x, y)
      case .maximum: .max(x, y)
      case .power: .pow(x, y)
      case .less: .select(x < y, x, else: 3)
      case .lessOrEqual: .select(x <= y, x, else: 3)
      case .greater: .select(x > y, x, else: 3)
      case .greaterOrEqual: .select(x >= y, x, else: 3)
      case .and: .select((x < y) & (y < 5), x, else: 3)
      case .or: .select((x < y) | (y < 5), x, else: 3)
      case .not: .select(!(x < y), x, else: 3)
      }
    }
  }

  private func lanes<Vector: SIMD>(_ vector: Vector) -> [Vector.Scalar] {
    vector.indices.map { vector[$0] }
  }

  /// Expects the same bits; one NaN is as good as another.
  private func expectSame<Vector: SIMD>(
    _ vector: Vector, _ scalars: [Vector.Scalar], sourceLocation: SourceLocation = #_sourceLocation
  ) where Vector.Scalar: BinaryFloatingPoint {
    let areSame = zip(lanes(vector), scalars).allSatisfy { lane, scalar in
      lane.isNaN ? scalar.isNaN : lane == scalar && lane.sign == scalar.sign
    }
    #expect(areSame, "\(vector), scalars \(scalars)", sourceLocation: sourceLocation)
  }
}
