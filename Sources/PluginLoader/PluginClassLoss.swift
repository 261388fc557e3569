import LossCore

/// A loss of a plugin whose target is a class a row.
struct PluginClassLoss: PluginLoss, ClassLoss {
  let instance: LossInstance
}
