import BinaryCrossEntropy
import BoxOverlap
import LossCore
import NLL
import SmoothL1
import SoftmaxCrossEntropy

// The losses, and log softmax, that this module compiles for AVX512.

extension BCELoss: AVX512DenseLoss {}
extension BCEWithLogitsLoss: AVX512DenseLoss {}
extension HuberLoss: AVX512DenseLoss {}
extension L1Loss: AVX512DenseLoss {}
extension L2Loss: AVX512DenseLoss {}
extension SmoothL1Loss: AVX512DenseLoss {}
extension SoftmaxCrossEntropyLoss: AVX512ClassLoss {}
extension CIoULoss: AVX512DenseLoss {}
extension DIoULoss: AVX512DenseLoss {}
extension GIoULoss: AVX512DenseLoss {}
extension IoULoss: AVX512DenseLoss {}
extension LogSoftmax: AVX512RowMap {}
