/// What a step of a traced formula does: the operations of ``FormulaValue``.
public enum FormulaOperation: UInt8, Sendable, CaseIterable {
  /// A number, or a variable.
  case number, variable
  /// Arithmetic of two numbers, or of one.
  case add, subtract, multiply, divide, negate
  /// The lesser, the greater of two; |x|.
  case minimum, maximum, magnitude
  /// The functions of ``FormulaValue``.
  case squareRoot, exponential, logarithm, logarithm1p, power, tanh, atan, sigmoid, softplus
  /// e^−|x|, and log(1 + e) of that: what ``sigmoid`` and ``softplus`` have in common, which programs alone have.
  case decay, decayLogarithm
  /// 1 above 0, −1 below, 0 else: the derivative of the magnitude.
  case sign
  /// The third operand where the first is less than the second, or as much at most; else the fourth.
  case selectLess, selectLessOrEqual
  /// What isn't differentiated.
  case constant
  /// Comparisons of two numbers.
  case less, lessOrEqual, greater, greaterOrEqual
  /// What conditions make.
  case and, or, not
  /// The second operand where the first, a condition, holds, else the third.
  case select
  /// The same number in another place, which programs alone have.
  case copy

  /// Whether the result is a condition, not a number.
  public var isCondition: Bool {
    switch self {
    case .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or, .not: true
    default: false
    }
  }

  /// The result on numbers; a condition is 1 where it holds, else 0, also as an operand.
  func apply<Value: RealScalar>(_ x: [Value]) -> Value {
    func lane(_ function: (Value.Vector) -> Value.Vector) -> Value {
      function(Value.Vector(repeating: x[0]))[0]
    }
    func truth(_ condition: Bool) -> Value { condition ? 1 : 0 }
    return switch self {
    case .number, .variable, .constant, .copy: x[0]
    case .add: x[0] + x[1]
    case .subtract: x[0] - x[1]
    case .multiply: x[0] * x[1]
    case .divide: x[0] / x[1]
    case .negate: -x[0]
    case .minimum: .min(x[0], x[1])
    case .maximum: .max(x[0], x[1])
    case .magnitude: .abs(x[0])
    case .squareRoot: .sqrt(x[0])
    case .exponential: .exp(x[0])
    case .logarithm: .log(x[0])
    case .logarithm1p: .log1p(x[0])
    case .power: .pow(x[0], x[1])
    case .tanh: .tanh(x[0])
    case .atan: .atan(x[0])
    case .sigmoid: .sigmoid(x[0])
    case .softplus: .softplus(x[0])
    case .decay: lane { .decay($0) }
    case .decayLogarithm: lane { .decayLogarithm($0) }
    case .sign: x[0] > 0 ? 1 : x[0] < 0 ? -1 : 0
    case .selectLess: x[0] < x[1] ? x[2] : x[3]
    case .selectLessOrEqual: x[0] <= x[1] ? x[2] : x[3]
    case .less: truth(x[0] < x[1])
    case .lessOrEqual: truth(x[0] <= x[1])
    case .greater: truth(x[0] > x[1])
    case .greaterOrEqual: truth(x[0] >= x[1])
    case .and: x[0] * x[1]
    case .or: .max(x[0], x[1])
    case .not: 1 - x[0]
    case .select: x[0] > 0 ? x[1] : x[2]
    }
  }
}

/// What one pass of a program does.
@usableFromInline
enum FormulaPass: Sendable, Equatable {
  /// One operation.
  case alone(FormulaOperation)
  /// Two at a time.
  case joined(JoinedOperations)
}

/// Two operations that a program does in one pass; numbers are rounded after each.
@usableFromInline
enum JoinedOperations: UInt8, Sendable {
  /// x y + z, x y − z, z − x y, x y z, (x + y) z and (x − y) z: the second reads the first's result.
  case multiplyAdd, multiplySubtract, subtractProduct, multiplyTwice, addMultiply, subtractMultiply
  /// z − x / y, |x − y|, and the third operand times the sign of the first, as those before.
  case subtractQuotient, subtractMagnitude, signMultiply
  /// The choices of the third or the fourth operand and of the fifth or the sixth, by one comparison.
  case selectLessTwice, selectLessOrEqualTwice
}

extension FloatingPointLanes {
  /// e^−|x|.
  @inlinable @inline(__always)
  static func decay(_ x: Self) -> Self { exponentialOfNegative(-abs(x)) }

  /// log(1 + x) for 0 ≤ x ≤ 1.
  @inlinable @inline(__always)
  static func decayLogarithm(_ x: Self) -> Self { x + Format.unitLogarithmTail(x) }
}
