import Formulas
import LossCore
import LossKernels

// What this module's list of losses declares: that they are compiled for AVX2.

typealias WideFormula = AVX2Formula
typealias WideEvaluation = AVX2Evaluation

// Formulas from texts have no function that the protocol could provide.

extension ElementFormulaLoss: AVX2Formula {
  public var avx2Function: BlockFunction<Float> {
    { block throws(InputError) in try run(&block) }
  }
}

extension BoxFormulaLoss: AVX2Formula {
  public var avx2Function: BlockFunction<Float> {
    { block throws(InputError) in try run(&block) }
  }
}
