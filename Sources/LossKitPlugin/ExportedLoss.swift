import LossCore
import LossKernels
import PluginABI

extension losskit_loss {
  /// What a table says of a type of loss.
  init(_ type: any Loss.Type) {
    let loss = (try? type.init()) as? any DenseLoss
    let values = losskit_loss.values(of: loss)
    let readsDifference = loss?.readsDifference == true && !(loss is any ClassLoss)
    let component = ExportedType(type) {
      ($0 as? any Loss).map(losskit_loss.values) == values
    }.entry
    self.init(
      name: component.name, summary: component.summary, formula: component.formula,
      source: component.source, parameters: component.parameters,
      parameter_count: component.parameter_count,
      targets: type is any ClassLoss.Type
        ? LOSSKIT_CLASSES : loss?.predictionKind == .boxes ? LOSSKIT_BOX_PAIRS : LOSSKIT_DENSE,
      values: values,
      flags: component.flags | (readsDifference ? LOSSKIT_READS_DIFFERENCE : 0),
      user: component.user, create: component.create, destroy: component.destroy,
      columns: { instance, classes in
        (LossKitPlugin.component(of: instance) as? any Loss)?.columns(classes: classes) ?? 0
      },
      evaluate: { instance, block, error, errorSize in
        report(to: error, errorSize) {
          guard let loss = LossKitPlugin.component(of: instance) as? any Loss, let block else {
            throw MissingArgument()
          }
          try loss.evaluate(block.pointee)
        }
      })
  }

  private static func values(of loss: (any Loss)?) -> UInt32 {
    loss?.evaluatesElementsForC == true ? LOSSKIT_PER_ELEMENT : LOSSKIT_PER_ROW
  }
}

extension Loss {
  /// Whether each element has a value of its own, and the loss isn't offered as one of classes.
  fileprivate var evaluatesElementsForC: Bool {
    !(self is any ClassLoss) && (self as? any DenseLoss)?.evaluatesElements == true
  }

  /// Evaluates a block, or checks its width if it has no rows.
  fileprivate func evaluate(_ block: losskit_block) throws(InputError) {
    guard block.row_count > 0 else { return try check(width: block.width) }
    let count = block.row_count * block.width
    let readsClasses = self is any ClassLoss
    let valuesPerRow = evaluatesElementsForC ? block.width : 1
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
      block.width, valuesPerRow, Span(), 1, &values, &gradient, floatFunction)
    guard sum.isFinite else {
      throw InputError("predictions or targets", "hold a number that is not finite")
    }
  }
}
