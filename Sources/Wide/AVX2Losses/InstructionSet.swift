import LossCore

// What this module's list of losses declares: that they are compiled for AVX2.

typealias WideFormula = AVX2Formula
typealias WideEvaluation = AVX2Evaluation
