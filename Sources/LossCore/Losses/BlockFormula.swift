import LossKernels

/// A formula over rows, compiled for a scalar type and an instruction set.
public typealias BlockFunction<Scalar: RealScalar> =
  @Sendable (_ block: inout LossBlock<Scalar>) throws(InputError) -> Void

/// What evaluates blocks of rows: losses, and log softmax.
///
/// A formula is compiled into one function for each scalar type and instruction set: for the baseline in
/// the module that writes it, for AVX2 and AVX-512 in a module that is compiled for these and declares
/// ``AVX2Formula`` and ``AVX512Formula``. If such a module is linked and the processor fits, every
/// evaluation takes its function. The bits are the same.
public protocol BlockFormula: Sendable {
  /// Evaluates a block of rows: writes its values, and their derivatives by the predictions.
  ///
  /// - Throws: ``InputError`` if the rows can't be evaluated.
  func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError)

  /// ``evaluate(_:)`` over Float; provided.
  var floatFunction: BlockFunction<Float> { get }

  /// ``evaluate(_:)`` over Double; provided.
  var doubleFunction: BlockFunction<Double> { get }
}

/// A formula that is compiled for AVX2 as well.
public protocol AVX2Formula: BlockFormula {
  /// ``BlockFormula/floatFunction`` with AVX2; provided.
  var avx2Function: BlockFunction<Float> { get }
}

/// A formula that is compiled for AVX-512 as well.
public protocol AVX512Formula: BlockFormula {
  /// ``BlockFormula/floatFunction`` with AVX-512; provided.
  var avx512Function: BlockFunction<Float> { get }
}

// Inlinable, so that the module that declares a conformance compiles the formula. Never inlined: the
// compiler doesn't optimize what is inlined into the entry of a protocol's table, in which it sees a thunk.

extension BlockFormula {
  /// The formula, compiled where its type is declared.
  @_alwaysEmitIntoClient @inline(never)
  public var floatFunction: BlockFunction<Float> {
    { block throws(InputError) in try self.evaluate(&block) }
  }

  /// The formula, compiled where its type is declared.
  @_alwaysEmitIntoClient @inline(never)
  public var doubleFunction: BlockFunction<Double> {
    { block throws(InputError) in try self.evaluate(&block) }
  }
}

extension AVX2Formula {
  /// The formula, compiled where this conformance is declared.
  @_alwaysEmitIntoClient @inline(never)
  public var avx2Function: BlockFunction<Float> {
    { block throws(InputError) in try self.evaluate(&block) }
  }
}

extension AVX512Formula {
  /// The formula, compiled where this conformance is declared.
  @_alwaysEmitIntoClient @inline(never)
  public var avx512Function: BlockFunction<Float> {
    { block throws(InputError) in try self.evaluate(&block) }
  }
}
