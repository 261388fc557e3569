import LossCore
import PluginABI

/// A type of loss in a plugin's table.
final class ExportedLoss: Sendable {
  private let type: any Loss.Type
  private let values: UInt32
  private let flags: UInt32

  init(_ type: any Loss.Type) {
    self.type = type
    let loss = (try? type.init()) as? any DenseLoss
    values = Self.values(of: loss)
    let readsDifference = loss?.readsDifference == true && !(loss is any ClassLoss)
    flags = LOSSKIT_THREAD_SAFE | (readsDifference ? LOSSKIT_READS_DIFFERENCE : 0)
  }

  private static func values(of loss: (any Loss)?) -> UInt32 {
    let evaluatesElements = (loss as? any DenseLoss)?.evaluatesElements == true
    return evaluatesElements && !(loss is any ClassLoss) ? LOSSKIT_PER_ELEMENT : LOSSKIT_PER_ROW
  }

  /// What the table says of the loss.
  var entry: losskit_loss {
    let declaration = type.declaration
    return losskit_loss(
      name: kept(declaration.name), summary: kept(declaration.summary),
      formula: kept(declaration.formula), source: kept(declaration.source),
      parameters: kept(declaration.parameters.map(\.entry)),
      parameter_count: declaration.parameters.count,
      targets: type is any ClassLoss.Type ? LOSSKIT_CLASSES : LOSSKIT_DENSE,
      values: values, flags: flags, user: Unmanaged.passRetained(self).toOpaque(),
      create: { instance, error, errorSize in
        report(to: error, errorSize) {
          guard let instance, let user = instance.pointee.user else { throw MissingArgument() }
          let type = Unmanaged<ExportedLoss>.fromOpaque(user).takeUnretainedValue()
          instance.pointee.state = try type.instance(instance.pointee).opaque
        }
      },
      destroy: { instance in
        guard let state = instance?.pointee.state else { return }
        Unmanaged<LossBox>.fromOpaque(state).release()
      },
      columns: { instance, classes in
        LossBox.of(instance)?.loss.columns(classes: classes) ?? 0
      },
      evaluate: { instance, block, error, errorSize in
        report(to: error, errorSize) {
          guard let box = LossBox.of(instance), let block else { throw MissingArgument() }
          try box.evaluate(block.pointee)
        }
      })
  }

  /// The loss with the parameters of `instance`.
  private func instance(_ instance: losskit_instance) throws -> LossBox {
    let parameters = UnsafeBufferPointer(
      start: instance.parameters, count: instance.parameter_count)
    var values: [String: ParameterValue] = [:]
    for (parameter, value) in zip(type.declaration.parameters, parameters) {
      values[parameter.name] = ParameterValue(value)
    }
    let loss = try type.init(values)
    guard Self.values(of: loss) == self.values else { throw UnknownShape() }
    return LossBox(loss)
  }
}

/// The host passed NULL where `losskit_plugin.h` has it pass a pointer.
private struct MissingArgument: Error, CustomStringConvertible {
  let description = "called without an instance or a block"
}

/// The table says other than the loss whether each element has a value.
private struct UnknownShape: Error, CustomStringConvertible {
  let description =
    "with default parameters it doesn't evaluate elements, or rows, as it does with these; "
    + "give every parameter a default, and evaluate the same with all"
}

/// 0, or 1 and the text of what `body` throws.
private func report(
  to error: UnsafeMutablePointer<CChar>?, _ size: Int, _ body: () throws -> Void
) -> Int32 {
  do {
    try body()
    return 0
  } catch let failure {
    guard let error, size > 0 else { return 1 }
    let text = String(describing: failure).utf8.prefix(size - 1)
    for (index, byte) in text.enumerated() { error[index] = CChar(bitPattern: byte) }
    error[text.count] = 0
    return 1
  }
}
