import LossKernels

/// A row map's compiled form on blocks; see ``RowMap/map(_:upstream:width:into:)``.
public typealias RowMapForm<Scalar> =
  @Sendable (
    _ rows: Span<Scalar>, _ upstream: Span<Scalar>, _ width: Int,
    _ result: inout MutableSpan<Scalar>
  ) -> Bool

/// A differentiable function of each row of `[rows, width]` that makes a row as wide, and is compiled for
/// scalar types and instruction sets as losses are.
public protocol RowMap: Sendable {
  /// Maps a block of rows; where `upstream`, the gradient by the results, isn't empty, makes the gradient
  /// by the numbers mapped instead.
  ///
  /// - Returns: Whether all of `rows` are finite; if not, the results aren't read.
  func map<Scalar: RealScalar>(
    _ rows: Span<Scalar>, upstream: Span<Scalar>, width: Int,
    into result: inout MutableSpan<Scalar>
  ) -> Bool

  /// ``map(_:upstream:width:into:)`` for Float; provided.
  var floatForm: RowMapForm<Float> { get }
  /// ``map(_:upstream:width:into:)`` for Double; provided.
  var doubleForm: RowMapForm<Double> { get }
}

/// A ``RowMap`` that is compiled for AVX2 as well.
public protocol AVX2RowMap: RowMap {
  /// ``RowMap/floatForm`` with AVX2; provided.
  var avx2Form: RowMapForm<Float> { get }
}

/// A ``RowMap`` that is compiled for AVX-512 as well.
public protocol AVX512RowMap: RowMap {
  /// ``RowMap/floatForm`` with AVX-512; provided.
  var avx512Form: RowMapForm<Float> { get }
}

extension RowMap {
  /// The formula, compiled where the type is.
  @inlinable @inline(never)
  public var floatForm: RowMapForm<Float> {
    { self.map($0, upstream: $1, width: $2, into: &$3) }
  }

  /// The formula, compiled where the type is.
  @inlinable @inline(never)
  public var doubleForm: RowMapForm<Double> {
    { self.map($0, upstream: $1, width: $2, into: &$3) }
  }
}

extension AVX2RowMap {
  /// The formula, compiled into the module that declares the conformance.
  @inlinable @inline(never)
  public var avx2Form: RowMapForm<Float> {
    { self.map($0, upstream: $1, width: $2, into: &$3) }
  }
}

extension AVX512RowMap {
  /// The formula, compiled into the module that declares the conformance.
  @inlinable @inline(never)
  public var avx512Form: RowMapForm<Float> {
    { self.map($0, upstream: $1, width: $2, into: &$3) }
  }
}
