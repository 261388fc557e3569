import LossKernels

/// A scalar type that losses are compiled for: `Float` and `Double`, and no other.
///
/// The requirements choose what is compiled for the type and an instruction set, which a generic call
/// can't do by itself.
public protocol LossScalar: RealScalar {
  /// The formula's function for this scalar type and instruction set, or for the baseline if it has no
  /// other.
  static func function(
    of formula: any BlockFormula, with instructions: InstructionSet
  ) -> BlockFunction<Self>

  /// ``RowEvaluation``'s function for this scalar type and instruction set.
  static func rowFunction(with instructions: InstructionSet) -> RowFunction<Self>

  /// Calls the coder's function for this scalar type.
  static func decode(
    _ coder: any BoxCoder, _ deltas: Span<Self>, relativeTo priors: Span<Self>,
    boxes: inout MutableSpan<Self>, derivatives: inout MutableSpan<Self>)
}

extension Float: LossScalar {
  /// The widest function that the formula has.
  public static func function(
    of formula: any BlockFormula, with instructions: InstructionSet
  ) -> BlockFunction<Float> {
    switch instructions {
    case .avx512: (formula as? any AVX512Formula)?.avx512Function ?? formula.floatFunction
    case .avx2: (formula as? any AVX2Formula)?.avx2Function ?? formula.floatFunction
    case .baseline: formula.floatFunction
    }
  }

  /// The widest function that is linked.
  public static func rowFunction(with instructions: InstructionSet) -> RowFunction<Float> {
    let type: Any.Type = RowEvaluation.self
    return switch instructions {
    case .avx512:
      (type as? any AVX512Evaluation.Type)?.avx512Function ?? RowEvaluation.floatFunction
    case .avx2: (type as? any AVX2Evaluation.Type)?.avx2Function ?? RowEvaluation.floatFunction
    case .baseline: RowEvaluation.floatFunction
    }
  }

  /// Calls the coder's function over Float.
  public static func decode(
    _ coder: any BoxCoder, _ deltas: Span<Float>, relativeTo priors: Span<Float>,
    boxes: inout MutableSpan<Float>, derivatives: inout MutableSpan<Float>
  ) {
    coder.decodeFloat(deltas, relativeTo: priors, boxes: &boxes, derivatives: &derivatives)
  }
}

extension Double: LossScalar {
  /// The function over Double, which is for checking and has the baseline's instructions alone.
  public static func function(
    of formula: any BlockFormula, with instructions: InstructionSet
  ) -> BlockFunction<Double> { formula.doubleFunction }

  /// The function over Double, with the baseline's instructions.
  public static func rowFunction(with instructions: InstructionSet) -> RowFunction<Double> {
    RowEvaluation.doubleFunction
  }

  /// Calls the coder's function over Double.
  public static func decode(
    _ coder: any BoxCoder, _ deltas: Span<Double>, relativeTo priors: Span<Double>,
    boxes: inout MutableSpan<Double>, derivatives: inout MutableSpan<Double>
  ) {
    coder.decodeDouble(deltas, relativeTo: priors, boxes: &boxes, derivatives: &derivatives)
  }
}
