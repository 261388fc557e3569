import LossCore

// What this module's list of losses declares: that they are compiled for AVX-512.

typealias WideFormula = AVX512Formula
typealias WideEvaluation = AVX512Evaluation
