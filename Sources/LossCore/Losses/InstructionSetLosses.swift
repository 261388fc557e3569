import LossKernels

// A loss is compiled for the baseline where it is written. A module that is compiled for AVX2 or AVX-512
// compiles it again by declaring that it conforms to a protocol below; where the module is linked and
// the processor fits, every evaluation takes that form. The bits are the same.
//
// The forms are never inlined: the compiler doesn't optimize what is inlined into the entry of a
// protocol's table, in which it sees a thunk.

/// A ``ClassLoss`` that is compiled for AVX2 as well.
public protocol AVX2ClassLoss: ClassLoss {
  /// ``ClassLoss/floatForm`` with AVX2; provided.
  var avx2Form: ClassForm<Float> { get }
}

/// A ``DenseLoss`` that is compiled for AVX2 as well.
public protocol AVX2DenseLoss: DenseLoss {
  /// ``DenseLoss/floatForm`` with AVX2; provided.
  var avx2Form: DenseForm<Float> { get }
}

/// A ``ClassLoss`` that is compiled for AVX-512 as well.
public protocol AVX512ClassLoss: ClassLoss {
  /// ``ClassLoss/floatForm`` with AVX-512; provided.
  var avx512Form: ClassForm<Float> { get }
}

/// A ``DenseLoss`` that is compiled for AVX-512 as well.
public protocol AVX512DenseLoss: DenseLoss {
  /// ``DenseLoss/floatForm`` with AVX-512; provided.
  var avx512Form: DenseForm<Float> { get }
}

extension AVX2ClassLoss {
  /// The loss's formula, compiled into the module that declares the conformance.
  @inlinable @inline(never)
  public var avx2Form: ClassForm<Float> {
    { predictions, targets, width, weights, scale, values, gradient throws(InputError) in
      try self.scoreBlock(
        predictions, classes: targets, width: width, weights: weights, scale: scale,
        values: &values, gradient: &gradient)
    }
  }
}

extension AVX2DenseLoss {
  /// The loss's formula, compiled into the module that declares the conformance.
  @inlinable @inline(never)
  public var avx2Form: DenseForm<Float> {
    { predictions, targets, width, weights, scale, values, gradient throws(InputError) in
      try self.scoreBlock(
        predictions, against: targets, width: width, weights: weights, scale: scale,
        values: &values, gradient: &gradient)
    }
  }
}

extension AVX512ClassLoss {
  /// The loss's formula, compiled into the module that declares the conformance.
  @inlinable @inline(never)
  public var avx512Form: ClassForm<Float> {
    { predictions, targets, width, weights, scale, values, gradient throws(InputError) in
      try self.scoreBlock(
        predictions, classes: targets, width: width, weights: weights, scale: scale,
        values: &values, gradient: &gradient)
    }
  }
}

extension AVX512DenseLoss {
  /// The loss's formula, compiled into the module that declares the conformance.
  @inlinable @inline(never)
  public var avx512Form: DenseForm<Float> {
    { predictions, targets, width, weights, scale, values, gradient throws(InputError) in
      try self.scoreBlock(
        predictions, against: targets, width: width, weights: weights, scale: scale,
        values: &values, gradient: &gradient)
    }
  }
}
