import LossKernels

// A loss is compiled for the baseline where it is written. A module that is compiled for AVX2 or AVX-512
// compiles it again by declaring that it conforms to a protocol below; where the module is linked and
// the processor fits, every evaluation takes that form. The bits are the same.
//
// The forms below are never inlined: the compiler doesn't optimize what is inlined into the entry of a
// protocol's table, in which it sees a thunk.

/// A ``ClassLoss`` that is compiled for AVX2 as well.
public protocol AVX2ClassLoss: ClassLoss {
  /// `scoreFloat` with AVX2; provided.
  func scoreWithAVX2(
    _ predictions: Span<Float>, classes targets: Span<Int32>, width: Int, weights: Span<Float>,
    scale: Float, values: inout MutableSpan<Float>, gradient: inout MutableSpan<Float>
  ) throws(InputError) -> BlockSum
}

/// A ``DenseLoss`` that is compiled for AVX2 as well.
public protocol AVX2DenseLoss: DenseLoss {
  /// `scoreFloat` with AVX2; provided.
  func scoreWithAVX2(
    _ predictions: Span<Float>, against targets: Span<Float>, width: Int, weights: Span<Float>,
    scale: Float, values: inout MutableSpan<Float>, gradient: inout MutableSpan<Float>
  ) throws(InputError) -> BlockSum
}

/// A ``ClassLoss`` that is compiled for AVX-512 as well.
public protocol AVX512ClassLoss: ClassLoss {
  /// `scoreFloat` with AVX-512; provided.
  func scoreWithAVX512(
    _ predictions: Span<Float>, classes targets: Span<Int32>, width: Int, weights: Span<Float>,
    scale: Float, values: inout MutableSpan<Float>, gradient: inout MutableSpan<Float>
  ) throws(InputError) -> BlockSum
}

/// A ``DenseLoss`` that is compiled for AVX-512 as well.
public protocol AVX512DenseLoss: DenseLoss {
  /// `scoreFloat` with AVX-512; provided.
  func scoreWithAVX512(
    _ predictions: Span<Float>, against targets: Span<Float>, width: Int, weights: Span<Float>,
    scale: Float, values: inout MutableSpan<Float>, gradient: inout MutableSpan<Float>
  ) throws(InputError) -> BlockSum
}

extension AVX2ClassLoss {
  /// The loss's formula, compiled into the module that declares the conformance.
  @inlinable @inline(never)
  public func scoreWithAVX2(
    _ predictions: Span<Float>, classes targets: Span<Int32>, width: Int, weights: Span<Float>,
    scale: Float, values: inout MutableSpan<Float>, gradient: inout MutableSpan<Float>
  ) throws(InputError) -> BlockSum {
    try scoreBlock(
      predictions, classes: targets, width: width, weights: weights, scale: scale, values: &values,
      gradient: &gradient)
  }
}

extension AVX2DenseLoss {
  /// The loss's formula, compiled into the module that declares the conformance.
  @inlinable @inline(never)
  public func scoreWithAVX2(
    _ predictions: Span<Float>, against targets: Span<Float>, width: Int, weights: Span<Float>,
    scale: Float, values: inout MutableSpan<Float>, gradient: inout MutableSpan<Float>
  ) throws(InputError) -> BlockSum {
    try scoreBlock(
      predictions, against: targets, width: width, weights: weights, scale: scale, values: &values,
      gradient: &gradient)
  }
}

extension AVX512ClassLoss {
  /// The loss's formula, compiled into the module that declares the conformance.
  @inlinable @inline(never)
  public func scoreWithAVX512(
    _ predictions: Span<Float>, classes targets: Span<Int32>, width: Int, weights: Span<Float>,
    scale: Float, values: inout MutableSpan<Float>, gradient: inout MutableSpan<Float>
  ) throws(InputError) -> BlockSum {
    try scoreBlock(
      predictions, classes: targets, width: width, weights: weights, scale: scale, values: &values,
      gradient: &gradient)
  }
}

extension AVX512DenseLoss {
  /// The loss's formula, compiled into the module that declares the conformance.
  @inlinable @inline(never)
  public func scoreWithAVX512(
    _ predictions: Span<Float>, against targets: Span<Float>, width: Int, weights: Span<Float>,
    scale: Float, values: inout MutableSpan<Float>, gradient: inout MutableSpan<Float>
  ) throws(InputError) -> BlockSum {
    try scoreBlock(
      predictions, against: targets, width: width, weights: weights, scale: scale, values: &values,
      gradient: &gradient)
  }
}
