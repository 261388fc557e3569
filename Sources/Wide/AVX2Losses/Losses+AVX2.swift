import BinaryCrossEntropy
import BoxOverlap
import LossCore
import NLL
import SmoothL1
import SoftmaxCrossEntropy

// The losses, and log softmax, that this module compiles for AVX2.

extension BCELoss: AVX2DenseLoss {}
extension BCEWithLogitsLoss: AVX2DenseLoss {}
extension HuberLoss: AVX2DenseLoss {}
extension L1Loss: AVX2DenseLoss {}
extension L2Loss: AVX2DenseLoss {}
extension SmoothL1Loss: AVX2DenseLoss {}
extension SoftmaxCrossEntropyLoss: AVX2ClassLoss {}
extension CIoULoss: AVX2DenseLoss {}
extension DIoULoss: AVX2DenseLoss {}
extension GIoULoss: AVX2DenseLoss {}
extension IoULoss: AVX2DenseLoss {}
extension LogSoftmax: AVX2RowMap {}
