import LossKernels

/// A scalar type that losses are compiled for: `Float` and `Double`, and no other.
///
/// The requirements choose the compiled form of a loss by type, which a generic call can't do by
/// itself.
public protocol LossScalar: RealScalar {
  /// Calls the loss's form for this scalar type on a block with class targets.
  static func score(
    _ loss: any ClassLoss, _ predictions: Span<Self>, classes targets: Span<Int32>, width: Int,
    values: inout MutableSpan<Self>, gradient: inout MutableSpan<Self>
  ) throws(InputError)

  /// Calls the loss's form for this scalar type on a block with dense targets.
  static func score(
    _ loss: any DenseLoss, _ predictions: Span<Self>, against targets: Span<Self>, width: Int,
    values: inout MutableSpan<Self>, gradient: inout MutableSpan<Self>
  ) throws(InputError)

  /// Calls the coder's form for this scalar type.
  static func decode(
    _ coder: any BoxCoder, _ deltas: Span<Self>, relativeTo priors: Span<Self>,
    boxes: inout MutableSpan<Self>, slopes: inout MutableSpan<Self>)
}

extension Float: LossScalar {
  /// Calls the loss's Float form.
  public static func score(
    _ loss: any ClassLoss, _ predictions: Span<Float>, classes targets: Span<Int32>, width: Int,
    values: inout MutableSpan<Float>, gradient: inout MutableSpan<Float>
  ) throws(InputError) {
    try loss.scoreFloat(
      predictions, classes: targets, width: width, values: &values, gradient: &gradient)
  }

  /// Calls the loss's Float form.
  public static func score(
    _ loss: any DenseLoss, _ predictions: Span<Float>, against targets: Span<Float>, width: Int,
    values: inout MutableSpan<Float>, gradient: inout MutableSpan<Float>
  ) throws(InputError) {
    try loss.scoreFloat(
      predictions, against: targets, width: width, values: &values, gradient: &gradient)
  }

  /// Calls the coder's Float form.
  public static func decode(
    _ coder: any BoxCoder, _ deltas: Span<Float>, relativeTo priors: Span<Float>,
    boxes: inout MutableSpan<Float>, slopes: inout MutableSpan<Float>
  ) {
    coder.decodeFloat(deltas, relativeTo: priors, boxes: &boxes, slopes: &slopes)
  }
}

extension Double: LossScalar {
  /// Calls the loss's Double form.
  public static func score(
    _ loss: any ClassLoss, _ predictions: Span<Double>, classes targets: Span<Int32>, width: Int,
    values: inout MutableSpan<Double>, gradient: inout MutableSpan<Double>
  ) throws(InputError) {
    try loss.scoreDouble(
      predictions, classes: targets, width: width, values: &values, gradient: &gradient)
  }

  /// Calls the loss's Double form.
  public static func score(
    _ loss: any DenseLoss, _ predictions: Span<Double>, against targets: Span<Double>, width: Int,
    values: inout MutableSpan<Double>, gradient: inout MutableSpan<Double>
  ) throws(InputError) {
    try loss.scoreDouble(
      predictions, against: targets, width: width, values: &values, gradient: &gradient)
  }

  /// Calls the coder's Double form.
  public static func decode(
    _ coder: any BoxCoder, _ deltas: Span<Double>, relativeTo priors: Span<Double>,
    boxes: inout MutableSpan<Double>, slopes: inout MutableSpan<Double>
  ) {
    coder.decodeDouble(deltas, relativeTo: priors, boxes: &boxes, slopes: &slopes)
  }
}
