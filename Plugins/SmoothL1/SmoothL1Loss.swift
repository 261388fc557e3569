import LossCore
import LossKernels

/// Smooth L1 of the difference x: 0.5 x²/β where |x| < β, |x| − 0.5 β beyond.
///
/// β = 1/σ² in the form of Fast R-CNN (Girshick 2015, arXiv:1504.08083, and the σ of its code);
/// β = 0 is L1. As `torch.nn.functional.smooth_l1_loss` and fvcore's `smooth_l1_loss`.
public struct SmoothL1Loss: FormulaLoss {
  static let beta = Parameter(
    "beta", .number(.atLeast(0)), default: nil,
    help: "Where the quadratic part ends; 0 is L1. 1 where sigma isn't given either.")
  static let sigma = Parameter(
    "sigma", .number(.above(0)), default: nil,
    help: "Sets beta to 1 / sigma^2, as Fast R-CNN's code does; excludes beta.")

  public static let declaration = Declaration(
    name: "smooth_l1",
    summary: "Quadratic near zero, linear beyond, derivative at most 1.",
    formula: """
      x = prediction - target
      l = 0.5 x^2 / beta where |x| < beta, |x| - 0.5 beta beyond
      dl/dx = x / beta where |x| < beta, sign(x) beyond
      sigma: beta = 1 / sigma^2
      """,
    source: "Girshick 2015, Fast R-CNN (sigma); torch.nn.functional.smooth_l1_loss, fvcore (beta)",
    parameters: [beta, sigma])

  @usableFromInline
  let beta: Double

  /// - Throws: ``ParameterError`` if both `beta` and `sigma` are given, or one so that single precision can't hold
  ///   quotients by beta.
  public init(parameters: Parameters) throws(ParameterError) {
    let beta = parameters[Self.beta]
    let sigma = parameters[Self.sigma]
    if beta != nil, sigma != nil {
      throw ParameterError("sigma", "is given beside \"beta\"; sigma sets beta to 1 / sigma^2")
    }
    self.beta = beta ?? sigma.map { 1 / ($0 * $0) } ?? 1
    guard self.beta == 0 || 1e-30...1e30 ~= self.beta else {
      throw ParameterError(
        sigma == nil ? "beta" : "sigma", "makes beta \(self.beta); expected 0, or 1e-30 to 1e30")
    }
  }

  public var readsDifference: Bool { true }

  @inlinable @inline(__always)
  public func loss<Value: FormulaValue>(_ prediction: Value, against target: Value) -> Value {
    let beta = Value(beta)
    let x = prediction - target
    let size = Value.abs(x)
    return .select(size < beta, 0.5 * x * (x / beta), else: size - 0.5 * beta)
  }
}
