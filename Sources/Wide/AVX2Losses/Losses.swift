import BinaryCrossEntropy
import BoxOverlap
import Focal
import LossCore
import NLL
import SmoothL1
import SoftmaxCrossEntropy

// What is compiled for AVX2 and AVX-512: one list, which the module of each instruction set compiles.

extension RowEvaluation: WideEvaluation {}
extension LogSoftmax: WideFormula {}

extension BCELoss: WideFormula {}
extension BCEWithLogitsLoss: WideFormula {}
extension CIoULoss: WideFormula {}
extension DIoULoss: WideFormula {}
extension GIoULoss: WideFormula {}
extension HuberLoss: WideFormula {}
extension IoULoss: WideFormula {}
extension L1Loss: WideFormula {}
extension L2Loss: WideFormula {}
extension NLLLoss: WideFormula {}
extension SigmoidFocalLoss: WideFormula {}
extension SmoothL1Loss: WideFormula {}
extension SoftmaxCrossEntropyLoss: WideFormula {}
