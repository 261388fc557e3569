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

  /// Scores a block, or checks its width where it has no rows.
  func score(_ block: losskit_block) throws(InputError) {
    guard block.row_count > 0 else { return try loss.check(width: block.width) }
    let count = block.row_count * block.width
    let predictions = UnsafeBufferPointer(start: block.predictions, count: count).span
    let slope = UnsafeMutableBufferPointer(
      start: block.gradient, count: block.gradient == nil ? 0 : count)
    var gradient = slope.mutableSpan
    let sum: BlockSum
    switch loss {
    case let loss as any ClassLoss:
      let classes = UnsafeBufferPointer(start: block.classes, count: block.row_count).span
      var values = UnsafeMutableBufferPointer(start: block.values, count: block.row_count)
        .mutableSpan
      sum = try loss.floatForm(
        predictions, classes, block.width, Span(), 1, &values, &gradient)
    case let loss as any DenseLoss:
      let targets = UnsafeBufferPointer(start: block.targets, count: count).span
      var values = UnsafeMutableBufferPointer(
        start: block.values, count: loss.scoresElements ? count : block.row_count
      ).mutableSpan
      sum = try loss.floatForm(
        predictions, targets, block.width, Span(), 1, &values, &gradient)
    default:
      throw InputError("loss", "takes neither classes nor rows of numbers")
    }
    guard sum.isFinite else {
      throw InputError("predictions or targets", "hold a number that is not finite")
    }
  }
}
