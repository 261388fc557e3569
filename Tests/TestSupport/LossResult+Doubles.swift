import LossKit

extension LossResult {
  /// The values that stay apart, in double precision; none under the other reductions.
  public var doubleValues: [Double] { values?.elements.map { Double($0) } ?? [] }

  /// The gradient in double precision.
  public var doubleDerivatives: [Double] { gradient?.elements.map { Double($0) } ?? [] }
}
