import LossKitPlugin

/// What LossKit calls when it loads the library.
@c public func losskit_plugin() -> PluginTable {
  PluginExport.table("acme", losses: [CharbonnierLoss.self])
}
