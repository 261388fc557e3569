import LossKernels

/// A scalar type that losses are compiled for: `Float` and `Double`, and no other.
///
/// The requirements choose the compiled form of a loss by type and instruction set, which a generic
/// call can't do by itself.
public protocol LossScalar: RealScalar {
  /// Calls the loss's form for this scalar type on a block with class targets.
  static func scoreBlock(
    _ loss: any ClassLoss, with instructions: InstructionSet, _ predictions: Span<Self>,
    classes targets: Span<Int32>, width: Int, weights: Span<Self>, scale: Self,
    values: inout MutableSpan<Self>, gradient: inout MutableSpan<Self>
  ) throws(InputError) -> BlockSum

  /// Calls the loss's form for this scalar type on a block with dense targets.
  static func scoreBlock(
    _ loss: any DenseLoss, with instructions: InstructionSet, _ predictions: Span<Self>,
    against targets: Span<Self>, width: Int, weights: Span<Self>, scale: Self,
    values: inout MutableSpan<Self>, gradient: inout MutableSpan<Self>
  ) throws(InputError) -> BlockSum
}

extension Float: LossScalar {
  /// Calls the loss's Float form for the instruction set, or that for the baseline if it has no other.
  public static func scoreBlock(
    _ loss: any ClassLoss, with instructions: InstructionSet, _ predictions: Span<Float>,
    classes targets: Span<Int32>, width: Int, weights: Span<Float>, scale: Float,
    values: inout MutableSpan<Float>, gradient: inout MutableSpan<Float>
  ) throws(InputError) -> BlockSum {
    if instructions == .avx512, let loss = loss as? any AVX512ClassLoss {
      return try loss.scoreWithAVX512(
        predictions, classes: targets, width: width, weights: weights, scale: scale,
        values: &values, gradient: &gradient)
    }
    if instructions == .avx2, let loss = loss as? any AVX2ClassLoss {
      return try loss.scoreWithAVX2(
        predictions, classes: targets, width: width, weights: weights, scale: scale,
        values: &values, gradient: &gradient)
    }
    return try loss.scoreFloat(
      predictions, classes: targets, width: width, weights: weights, scale: scale,
      values: &values, gradient: &gradient)
  }

  /// Calls the loss's Float form for the instruction set, or that for the baseline if it has no other.
  public static func scoreBlock(
    _ loss: any DenseLoss, with instructions: InstructionSet, _ predictions: Span<Float>,
    against targets: Span<Float>, width: Int, weights: Span<Float>, scale: Float,
    values: inout MutableSpan<Float>, gradient: inout MutableSpan<Float>
  ) throws(InputError) -> BlockSum {
    if instructions == .avx512, let loss = loss as? any AVX512DenseLoss {
      return try loss.scoreWithAVX512(
        predictions, against: targets, width: width, weights: weights, scale: scale,
        values: &values, gradient: &gradient)
    }
    if instructions == .avx2, let loss = loss as? any AVX2DenseLoss {
      return try loss.scoreWithAVX2(
        predictions, against: targets, width: width, weights: weights, scale: scale,
        values: &values, gradient: &gradient)
    }
    return try loss.scoreFloat(
      predictions, against: targets, width: width, weights: weights, scale: scale,
      values: &values, gradient: &gradient)
  }
}

extension Double: LossScalar {
  /// Calls the loss's Double form, which is for checking and has the baseline's instructions alone.
  public static func scoreBlock(
    _ loss: any ClassLoss, with instructions: InstructionSet, _ predictions: Span<Double>,
    classes targets: Span<Int32>, width: Int, weights: Span<Double>, scale: Double,
    values: inout MutableSpan<Double>, gradient: inout MutableSpan<Double>
  ) throws(InputError) -> BlockSum {
    try loss.scoreDouble(
      predictions, classes: targets, width: width, weights: weights, scale: scale,
      values: &values, gradient: &gradient)
  }

  /// Calls the loss's Double form, which is for checking and has the baseline's instructions alone.
  public static func scoreBlock(
    _ loss: any DenseLoss, with instructions: InstructionSet, _ predictions: Span<Double>,
    against targets: Span<Double>, width: Int, weights: Span<Double>, scale: Double,
    values: inout MutableSpan<Double>, gradient: inout MutableSpan<Double>
  ) throws(InputError) -> BlockSum {
    try loss.scoreDouble(
      predictions, against: targets, width: width, weights: weights, scale: scale,
      values: &values, gradient: &gradient)
  }
}
