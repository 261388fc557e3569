import BinaryCrossEntropy
import BoxOverlap
import Dice
import Distributions
import Focal
import Imbalance
import LossCore
import NLL
import SmoothL1
import SoftmaxCrossEntropy

// What is compiled for AVX2 and AVX-512: one list, which the module of each instruction set compiles.

extension RowEvaluation: WideEvaluation {}
extension LogSoftmax: WideFormula {}
extension SigmoidFormula: WideFormula {}
extension BinMeans: WideFormula {}

extension BalancedL1Loss: WideFormula {}
extension BCELoss: WideFormula {}
extension BCEWithLogitsLoss: WideFormula {}
extension BoundedIoULoss: WideFormula {}
extension BoxL1Loss: WideFormula {}
extension CIoULoss: WideFormula {}
extension DiceLoss: WideFormula {}
extension DIoULoss: WideFormula {}
extension DistributionFocalLoss: WideFormula {}
extension EIoULoss: WideFormula {}
extension EqualizationV2Loss: WideFormula {}
extension GaussianFocalLoss: WideFormula {}
extension GHMClassificationLoss: WideFormula {}
extension GHMRegressionLoss: WideFormula {}
extension GIoULoss: WideFormula {}
extension HuberLoss: WideFormula {}
extension IoULoss: WideFormula {}
extension KnowledgeDistillationLoss: WideFormula {}
extension L1Loss: WideFormula {}
extension L2Loss: WideFormula {}
extension MPDIoULoss: WideFormula {}
extension MultiPositiveCrossEntropyLoss: WideFormula {}
extension NLLLoss: WideFormula {}
extension NWDLoss: WideFormula {}
extension QualityFocalLoss: WideFormula {}
extension SeesawLoss: WideFormula {}
extension SigmoidFocalLoss: WideFormula {}
extension SIoULoss: WideFormula {}
extension SmoothL1Loss: WideFormula {}
extension SoftmaxCrossEntropyLoss: WideFormula {}
extension SoftmaxFocalLoss: WideFormula {}
extension TverskyLoss: WideFormula {}
extension VarifocalLoss: WideFormula {}
