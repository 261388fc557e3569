import LossKernels

/// A loss's compiled form on blocks with class targets; see ``ClassLoss``'s `scoreBlock`.
public typealias ClassForm<Scalar> =
  @Sendable (
    _ predictions: Span<Scalar>, _ targets: Span<Int32>, _ width: Int, _ weights: Span<Scalar>,
    _ scale: Scalar, _ values: inout MutableSpan<Scalar>, _ gradient: inout MutableSpan<Scalar>
  ) throws(InputError) -> BlockSum

/// A loss's compiled form on blocks with dense targets; see ``DenseLoss``'s `scoreBlock`.
public typealias DenseForm<Scalar> =
  @Sendable (
    _ predictions: Span<Scalar>, _ targets: Span<Scalar>, _ width: Int, _ weights: Span<Scalar>,
    _ scale: Scalar, _ values: inout MutableSpan<Scalar>, _ gradient: inout MutableSpan<Scalar>
  ) throws(InputError) -> BlockSum

/// A scalar type that losses are compiled for: `Float` and `Double`, and no other.
///
/// The requirements choose the compiled form of a loss by type and instruction set, which a generic
/// call can't do by itself.
public protocol LossScalar: RealScalar {
  /// The loss's form for this scalar type and instruction set, or for the baseline if it has no other.
  static func form(of loss: any ClassLoss, with instructions: InstructionSet) -> ClassForm<Self>

  /// The loss's form for this scalar type and instruction set, or for the baseline if it has no other.
  static func form(of loss: any DenseLoss, with instructions: InstructionSet) -> DenseForm<Self>

  /// Calls the coder's form for this scalar type.
  static func decode(
    _ coder: any BoxCoder, _ deltas: Span<Self>, relativeTo priors: Span<Self>,
    boxes: inout MutableSpan<Self>, slopes: inout MutableSpan<Self>)
}

extension Float: LossScalar {
  /// The widest form that the loss has.
  public static func form(
    of loss: any ClassLoss, with instructions: InstructionSet
  ) -> ClassForm<Float> {
    if instructions == .avx512, let loss = loss as? any AVX512ClassLoss {
      return { x, classes, width, weights, scale, values, gradient throws(InputError) in
        try loss.scoreWithAVX512(
          x, classes: classes, width: width, weights: weights, scale: scale, values: &values,
          gradient: &gradient)
      }
    }
    if instructions == .avx2, let loss = loss as? any AVX2ClassLoss {
      return { x, classes, width, weights, scale, values, gradient throws(InputError) in
        try loss.scoreWithAVX2(
          x, classes: classes, width: width, weights: weights, scale: scale, values: &values,
          gradient: &gradient)
      }
    }
    return { x, classes, width, weights, scale, values, gradient throws(InputError) in
      try loss.scoreFloat(
        x, classes: classes, width: width, weights: weights, scale: scale, values: &values,
        gradient: &gradient)
    }
  }

  /// The widest form that the loss has.
  public static func form(
    of loss: any DenseLoss, with instructions: InstructionSet
  ) -> DenseForm<Float> {
    if instructions == .avx512, let loss = loss as? any AVX512DenseLoss {
      return { x, targets, width, weights, scale, values, gradient throws(InputError) in
        try loss.scoreWithAVX512(
          x, against: targets, width: width, weights: weights, scale: scale, values: &values,
          gradient: &gradient)
      }
    }
    if instructions == .avx2, let loss = loss as? any AVX2DenseLoss {
      return { x, targets, width, weights, scale, values, gradient throws(InputError) in
        try loss.scoreWithAVX2(
          x, against: targets, width: width, weights: weights, scale: scale, values: &values,
          gradient: &gradient)
      }
    }
    return { x, targets, width, weights, scale, values, gradient throws(InputError) in
      try loss.scoreFloat(
        x, against: targets, width: width, weights: weights, scale: scale, values: &values,
        gradient: &gradient)
    }
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
  /// The Double form, which is for checking and has the baseline's instructions alone.
  public static func form(
    of loss: any ClassLoss, with instructions: InstructionSet
  ) -> ClassForm<Double> {
    { x, classes, width, weights, scale, values, gradient throws(InputError) in
      try loss.scoreDouble(
        x, classes: classes, width: width, weights: weights, scale: scale, values: &values,
        gradient: &gradient)
    }
  }

  /// The Double form, which is for checking and has the baseline's instructions alone.
  public static func form(
    of loss: any DenseLoss, with instructions: InstructionSet
  ) -> DenseForm<Double> {
    { x, targets, width, weights, scale, values, gradient throws(InputError) in
      try loss.scoreDouble(
        x, against: targets, width: width, weights: weights, scale: scale, values: &values,
        gradient: &gradient)
    }
  }

  /// Calls the coder's Double form.
  public static func decode(
    _ coder: any BoxCoder, _ deltas: Span<Double>, relativeTo priors: Span<Double>,
    boxes: inout MutableSpan<Double>, slopes: inout MutableSpan<Double>
  ) {
    coder.decodeDouble(deltas, relativeTo: priors, boxes: &boxes, slopes: &slopes)
  }
}
