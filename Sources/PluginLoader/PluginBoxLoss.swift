import LossCore
import LossKernels
import PluginABI

/// A loss of a plugin that compares boxes.
struct PluginBoxLoss: PluginLoss, DenseLoss {
  let instance: LossInstance

  var predictionKind: PredictionKind { .boxes }

  func columns(classes: Int) -> Int { 4 }

  func check(width: Int) throws(InputError) {
    try checkBoxes(width: width)
    try checkByPlugin(width: width)
  }

  var floatFunction: BlockFunction<Float> {
    { block throws(InputError) in
      try evaluateInPlace(&block)
      try refuseInvertedTarget(of: block)
    }
  }

  func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    try evaluateCopies(of: &block)
    try refuseInvertedTarget(of: block)
  }
}
