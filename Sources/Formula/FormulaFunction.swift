import LossKernels

/// The functions that a formula may call.
enum FormulaFunction: String, CaseIterable, Sendable {
  case abs, min, max, clamp, sqrt, exp, log, log1p, pow, tanh, atan, sigmoid, softplus, constant,
    select

  /// How many arguments it takes; more, where it takes any number from there on.
  var arguments: (least: Int, takesMore: Bool) {
    switch self {
    case .min, .max: (2, true)
    case .pow: (2, false)
    case .clamp, .select: (3, false)
    default: (1, false)
    }
  }

  /// The function of numbers; not for `select`, which takes a condition.
  func callAsFunction<Value: FormulaValue>(_ x: [Value]) -> Value {
    switch self {
    case .abs: .abs(x[0])
    case .min: x.dropFirst().reduce(x[0]) { .min($0, $1) }
    case .max: x.dropFirst().reduce(x[0]) { .max($0, $1) }
    case .clamp: .clamp(x[0], from: x[1], to: x[2])
    case .sqrt: .sqrt(x[0])
    case .exp: .exp(x[0])
    case .log: .log(x[0])
    case .log1p: .log1p(x[0])
    case .pow: .pow(x[0], x[1])
    case .tanh: .tanh(x[0])
    case .atan: .atan(x[0])
    case .sigmoid: .sigmoid(x[0])
    case .softplus: .softplus(x[0])
    case .constant, .select: .constant(x[0])
    }
  }
}

extension FormulaValue {
  /// xⁿ by as few products as its bits ask for; 1 / x⁻ⁿ below 0.
  func power(_ exponent: Int) -> Self {
    if exponent < 0 { return 1 / power(-exponent) }
    if exponent == 0 { return 1 }
    let half = power(exponent / 2)
    if exponent == 1 { return self }
    return exponent.isMultiple(of: 2) ? half * half : half * half * self
  }
}
