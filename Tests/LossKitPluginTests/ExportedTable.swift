import LossKit
import LossKitPlugin
import PluginABI

/// `create` refused; its reason.
struct CreationError: Error {
  let reason: String
}

/// The only loss of a table, called as C calls it.
struct ExportedTable {
  let loss: losskit_loss

  init(_ type: any Loss.Type) {
    loss = PluginExport.table("test", losses: [type]).pointee.losses[0]
  }

  /// What a call of `evaluate` wrote.
  struct Answer {
    var values: [Float]
    var gradient: [Float]?
    var reason: String?
  }

  /// Scores rows with the defaults of the parameters, but for `values`.
  func evaluate(
    _ predictions: [Float], against targets: [Float] = [], classes: [Int32] = [], width: Int,
    values: [String: ParameterValue] = [:], gradient wantsGradient: Bool = true
  ) throws -> Answer {
    let rows = predictions.count / width
    var answer = Answer(
      values: Array(repeating: 0, count: loss.values == LOSSKIT_PER_ROW ? rows : rows * width),
      gradient: wantsGradient ? Array(repeating: 0, count: rows * width) : nil)
    try withInstance(values) { instance in
      var derivative = answer.gradient ?? []
      answer.reason = reason { error, size in
        predictions.withUnsafeBufferPointer { predictions in
          targets.withUnsafeBufferPointer { targets in
            classes.withUnsafeBufferPointer { classes in
              answer.values.withUnsafeMutableBufferPointer { values in
                derivative.withUnsafeMutableBufferPointer { derivative in
                  var block = losskit_block(
                    row_count: rows, width: width, predictions: predictions.baseAddress,
                    targets: targets.baseAddress, classes: classes.baseAddress,
                    values: values.baseAddress,
                    gradient: wantsGradient ? derivative.baseAddress : nil)
                  return loss.evaluate(instance, &block, error, size)
                }
              }
            }
          }
        }
      }
      if wantsGradient { answer.gradient = derivative }
    }
    return answer
  }

  /// The number of columns for `classes` classes.
  func columns(classes: Int) -> Int? {
    var columns: Int?
    try? withInstance([:]) { columns = loss.columns($0, classes) }
    return columns
  }

  private func withInstance(
    _ given: [String: ParameterValue], _ body: (UnsafeMutablePointer<losskit_instance>) -> Void
  ) throws {
    let parameters = UnsafeBufferPointer(start: loss.parameters, count: loss.parameter_count)
    var numbers: [Double] = []
    var values = parameters.map { $0.default_value.pointee }
    for (index, parameter) in parameters.enumerated() {
      switch given[String(cString: parameter.name)] {
      case .number(let number)?:
        values[index] = losskit_value()
        values[index].type = LOSSKIT_NUMBER
        values[index].number = number
      case .list(let elements)?:
        numbers = elements.compactMap(\.asNumber)
        values[index].count = numbers.count
      default: break
      }
    }
    try numbers.withUnsafeBufferPointer { numbers in
      for index in values.indices where values[index].type == LOSSKIT_NUMBERS && !numbers.isEmpty {
        values[index].numbers = numbers.baseAddress
      }
      try values.withUnsafeBufferPointer { values in
        var instance = losskit_instance(
          user: loss.user, parameters: values.baseAddress, parameter_count: values.count,
          state: nil)
        if let reason = reason({ loss.create(&instance, $0, $1) }) {
          throw CreationError(reason: reason)
        }
        body(&instance)
        loss.destroy(&instance)
      }
    }
  }

  private func reason(_ body: (UnsafeMutablePointer<CChar>?, Int) -> Int32) -> String? {
    var error = [CChar](repeating: 0, count: 512)
    let status = error.withUnsafeMutableBufferPointer { body($0.baseAddress, $0.count) }
    guard status != 0 else { return nil }
    return String(decoding: error.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
