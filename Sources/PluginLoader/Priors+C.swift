import LossCore
import PluginABI

extension [Box] {
  /// What `body` returns of the boxes as C reads them.
  func withC<Result>(_ body: (UnsafePointer<losskit_box>?) -> Result) -> Result {
    // Both are four floats, x1, y1, x2, y2.
    withUnsafeBytes { body($0.baseAddress?.assumingMemoryBound(to: losskit_box.self)) }
  }
}

extension Priors {
  /// What `body` returns of the priors as C reads them.
  func withC<Result>(_ body: (losskit_priors) -> Result) -> Result {
    let levels = levels.map { losskit_level(count: $0.count, stride: $0.stride ?? 0) }
    return boxes.withC { boxes in
      levels.withUnsafeBufferPointer {
        body(
          losskit_priors(
            boxes: boxes, count: count, levels: $0.baseAddress, level_count: $0.count))
      }
    }
  }
}
