import LossCore
import LossKernels
import PluginABI

/// A loss of a plugin whose target is a row of numbers.
struct PluginDenseLoss: PluginLoss, DenseLoss {
  let instance: LossInstance

  var evaluatesElements: Bool { instance.part.functions.values == LOSSKIT_PER_ELEMENT }

  var readsDifference: Bool { instance.part.functions.flags & LOSSKIT_READS_DIFFERENCE != 0 }
}
