import LossCore
import LossKernels
import PluginABI

/// A loss behind the `state` of an instance.
final class LossBox: Sendable {
  let loss: any Loss

  init(_ loss: any Loss) {
    self.loss = loss
  }

  /// Retained, for the instance to hold.
  var opaque: UnsafeMutableRawPointer { Unmanaged.passRetained(self).toOpaque() }

  /// The loss of an instance, where there is one.
  static func of(_ instance: UnsafePointer<losskit_instance>?) -> LossBox? {
    instance?.pointee.state.map { Unmanaged<LossBox>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Evaluates a block, or checks its width if it has no rows.
  func evaluate(_ block: losskit_block) throws(InputError) {
    guard block.row_count > 0 else { return try loss.check(width: block.width) }
    let count = block.row_count * block.width
    let readsClasses = loss is any ClassLoss
    let evaluatesElements = !readsClasses && (loss as? any DenseLoss)?.evaluatesElements == true
    let valuesPerRow = evaluatesElements ? block.width : 1
    var values = UnsafeMutableBufferPointer(
      start: block.values, count: block.row_count * valuesPerRow
    ).mutableSpan
    var gradient = UnsafeMutableBufferPointer(
      start: block.gradient, count: block.gradient == nil ? 0 : count
    ).mutableSpan
    let sum = try Float.rowFunction(with: .baseline)(
      UnsafeBufferPointer(start: block.predictions, count: count).span,
      UnsafeBufferPointer(start: block.targets, count: readsClasses ? 0 : count).span,
      UnsafeBufferPointer(
        start: block.classes, count: readsClasses ? block.row_count : 0
      ).span,
      block.width, valuesPerRow, Span(), 1, &values, &gradient, loss.floatFunction)
    guard sum.isFinite else {
      throw InputError("predictions or targets", "hold a number that is not finite")
    }
  }
}
