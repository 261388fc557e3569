import Foundation
import LossKernels

/// The functions of one argument, for tests that treat them alike.
enum MathFunction: String, CaseIterable {
  case exp, log, log1p, sigmoid, softplus, tanh, atan, sqrt

  /// The function under test.
  func callAsFunction<Value: FormulaValue>(_ x: Value) -> Value {
    switch self {
    case .exp: .exp(x)
    case .log: .log(x)
    case .log1p: .log1p(x)
    case .sigmoid: .sigmoid(x)
    case .softplus: .softplus(x)
    case .tanh: .tanh(x)
    case .atan: .atan(x)
    case .sqrt: .sqrt(x)
    }
  }

  /// The function by the C library, for arguments of single precision.
  func reference(_ x: Double) -> Double {
    switch self {
    case .exp: Foundation.exp(x)
    case .log: Foundation.log(x)
    case .log1p: Foundation.log1p(x)
    case .sigmoid: Foundation.exp(min(x, 0)) / (1 + Foundation.exp(-abs(x)))
    case .softplus: max(x, 0) + Foundation.log1p(Foundation.exp(-abs(x)))
    case .tanh: Foundation.tanh(x)
    case .atan: Foundation.atan(x)
    case .sqrt: x.squareRoot()
    }
  }

  /// The stated bound, in units in the last place.
  var bound: Double {
    switch self {
    case .exp, .log, .log1p: 1
    case .tanh: 1.5
    case .softplus, .atan: 2
    case .sigmoid: 2.5
    case .sqrt: 0.5
    }
  }
}

/// How far `result` is from `exact`, in units in the last place of single precision.
///
/// Above the greatest number units go on as they are below it, so that an infinite result is as near
/// as the first number that isn't in the format.
func error(of result: Float, exact: Double) -> Double {
  if result.isNaN || exact.isNaN { return result.isNaN == exact.isNaN ? 0 : .infinity }
  let exponent = exact == 0 ? -126 : min(max(Int(exact.exponent), -126), 127)
  let unit = Double(sign: .plus, exponent: exponent - 23, significand: 1)
  let beyond = Double(signOf: Double(result), magnitudeOf: 0x1p128)
  let distance = (result.isInfinite ? beyond : Double(result)) - exact
  if result.isInfinite, abs(exact) >= 0x1p128 { return exact.sign == beyond.sign ? 0 : .infinity }
  return abs(distance) / unit
}
