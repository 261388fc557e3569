import Formulas
import LossCore
import LossKernels

// What this module's list of losses declares: that they are compiled for AVX-512.

typealias WideFormula = AVX512Formula
typealias WideEvaluation = AVX512Evaluation

// Formulas from texts have no function that the protocol could provide.

extension ElementFormulaLoss: AVX512Formula {
  public var avx512Function: BlockFunction<Float> {
    { block throws(InputError) in try run(&block) }
  }
}

extension BoxFormulaLoss: AVX512Formula {
  public var avx512Function: BlockFunction<Float> {
    { block throws(InputError) in try run(&block) }
  }
}
