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

  /// The map's form for this scalar type and instruction set, or for the baseline if it has no other.
  static func form(of map: any RowMap, with instructions: InstructionSet) -> RowMapForm<Self>

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
    switch instructions {
    case .avx512: (loss as? any AVX512ClassLoss)?.avx512Form ?? loss.floatForm
    case .avx2: (loss as? any AVX2ClassLoss)?.avx2Form ?? loss.floatForm
    case .baseline: loss.floatForm
    }
  }

  /// The widest form that the loss has.
  public static func form(
    of loss: any DenseLoss, with instructions: InstructionSet
  ) -> DenseForm<Float> {
    switch instructions {
    case .avx512: (loss as? any AVX512DenseLoss)?.avx512Form ?? loss.floatForm
    case .avx2: (loss as? any AVX2DenseLoss)?.avx2Form ?? loss.floatForm
    case .baseline: loss.floatForm
    }
  }

  /// The widest form that the map has.
  public static func form(
    of map: any RowMap, with instructions: InstructionSet
  ) -> RowMapForm<Float> {
    switch instructions {
    case .avx512: (map as? any AVX512RowMap)?.avx512Form ?? map.floatForm
    case .avx2: (map as? any AVX2RowMap)?.avx2Form ?? map.floatForm
    case .baseline: map.floatForm
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
  ) -> ClassForm<Double> { loss.doubleForm }

  /// The Double form, which is for checking and has the baseline's instructions alone.
  public static func form(
    of loss: any DenseLoss, with instructions: InstructionSet
  ) -> DenseForm<Double> { loss.doubleForm }

  /// The Double form, which is for checking and has the baseline's instructions alone.
  public static func form(
    of map: any RowMap, with instructions: InstructionSet
  ) -> RowMapForm<Double> { map.doubleForm }

  /// Calls the coder's Double form.
  public static func decode(
    _ coder: any BoxCoder, _ deltas: Span<Double>, relativeTo priors: Span<Double>,
    boxes: inout MutableSpan<Double>, slopes: inout MutableSpan<Double>
  ) {
    coder.decodeDouble(deltas, relativeTo: priors, boxes: &boxes, slopes: &slopes)
  }
}
