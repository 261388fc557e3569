import LossCore
import PluginABI

extension Priors {
  /// The priors that C passes.
  init(_ priors: losskit_priors) throws(InputError) {
    try self.init(
      LossKitPlugin.boxes(priors.boxes, priors.count),
      levels: array(priors.levels, priors.level_count).map {
        Level(count: $0.count, stride: $0.stride == 0 ? nil : $0.stride)
      })
  }
}

/// The elements that C passes.
func array<Element>(_ start: UnsafePointer<Element>?, _ count: Int) -> [Element] {
  Array(UnsafeBufferPointer(start: start, count: start == nil ? 0 : count))
}

/// The boxes that C passes.
func boxes(_ start: UnsafePointer<losskit_box>?, _ count: Int) -> [Box] {
  array(start, count).map { Box($0.x1, $0.y1, $0.x2, $0.y2) }
}
