import BinaryCrossEntropy
import LossCore
import SmoothL1
import SoftmaxCrossEntropy

// The losses that this module compiles for AVX2.

extension BCELoss: AVX2DenseLoss {}
extension BCEWithLogitsLoss: AVX2DenseLoss {}
extension HuberLoss: AVX2DenseLoss {}
extension L1Loss: AVX2DenseLoss {}
extension L2Loss: AVX2DenseLoss {}
extension SmoothL1Loss: AVX2DenseLoss {}
extension SoftmaxCrossEntropyLoss: AVX2ClassLoss {}
