import LossKernels

/// ``evaluateRows(_:targets:classes:width:valuesPerRow:weights:scale:values:gradient:_:)`` compiled for a
/// scalar type and an instruction set.
public typealias RowFunction<Scalar: RealScalar> =
  @Sendable (
    _ predictions: Span<Scalar>, _ targets: Span<Scalar>, _ classes: Span<Int32>, _ width: Int,
    _ valuesPerRow: Int, _ weights: Span<Scalar>, _ scale: Scalar,
    _ values: inout MutableSpan<Scalar>, _ gradient: inout MutableSpan<Scalar>,
    _ evaluate: BlockFunction<Scalar>
  ) throws(InputError) -> BlockSum

/// What all losses have in common around their formulas, compiled once for each instruction set.
public struct RowEvaluation: Sendable {
  /// The function of the scalar type, to be inlined where it is to be compiled.
  @_alwaysEmitIntoClient @inline(__always)
  static func run<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, _ targets: Span<Scalar>, _ classes: Span<Int32>, _ width: Int,
    _ valuesPerRow: Int, _ weights: Span<Scalar>, _ scale: Scalar,
    _ values: inout MutableSpan<Scalar>, _ gradient: inout MutableSpan<Scalar>,
    _ evaluate: BlockFunction<Scalar>
  ) throws(InputError) -> BlockSum {
    var failure: InputError?
    let sum = evaluateRows(
      predictions, targets: targets, classes: classes, width: width, valuesPerRow: valuesPerRow,
      weights: weights, scale: scale, values: &values, gradient: &gradient
    ) { block in
      do throws(InputError) {
        if failure == nil { try evaluate(&block) }
      } catch {
        failure = error.moved(by: block.firstRow)
      }
    }
    if let failure { throw failure }
    return sum
  }

  /// The function over Float with the baseline's instructions.
  static var floatFunction: RowFunction<Float> {
    {
      predictions, targets, classes, width, valuesPerRow, weights, scale, values, gradient,
      evaluate throws(InputError) in
      try RowEvaluation.run(
        predictions, targets, classes, width, valuesPerRow, weights, scale, &values, &gradient,
        evaluate)
    }
  }

  /// The function over Double with the baseline's instructions.
  static var doubleFunction: RowFunction<Double> {
    {
      predictions, targets, classes, width, valuesPerRow, weights, scale, values, gradient,
      evaluate throws(InputError) in
      try RowEvaluation.run(
        predictions, targets, classes, width, valuesPerRow, weights, scale, &values, &gradient,
        evaluate)
    }
  }
}

/// ``RowEvaluation`` compiled for AVX2 as well.
public protocol AVX2Evaluation {
  /// The function with AVX2; provided.
  static var avx2Function: RowFunction<Float> { get }
}

/// ``RowEvaluation`` compiled for AVX-512 as well.
public protocol AVX512Evaluation {
  /// The function with AVX-512; provided.
  static var avx512Function: RowFunction<Float> { get }
}

extension AVX2Evaluation {
  /// The function, compiled where this conformance is declared.
  @_alwaysEmitIntoClient @inline(never)
  public static var avx2Function: RowFunction<Float> {
    {
      predictions, targets, classes, width, valuesPerRow, weights, scale, values, gradient,
      evaluate throws(InputError) in
      try RowEvaluation.run(
        predictions, targets, classes, width, valuesPerRow, weights, scale, &values, &gradient,
        evaluate)
    }
  }
}

extension AVX512Evaluation {
  /// The function, compiled where this conformance is declared.
  @_alwaysEmitIntoClient @inline(never)
  public static var avx512Function: RowFunction<Float> {
    {
      predictions, targets, classes, width, valuesPerRow, weights, scale, values, gradient,
      evaluate throws(InputError) in
      try RowEvaluation.run(
        predictions, targets, classes, width, valuesPerRow, weights, scale, &values, &gradient,
        evaluate)
    }
  }
}
