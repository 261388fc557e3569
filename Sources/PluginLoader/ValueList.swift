import LossCore
import PluginABI

/// The values of a part's parameters as C reads them, with the memory that they point to.
final class ValueList {
  /// The first value; as many as there are parameters.
  let start: UnsafeMutablePointer<losskit_value>
  private var texts: [UnsafeMutablePointer<CChar>] = []
  private var lists: [UnsafeMutablePointer<Double>] = []

  /// Values of these kinds, checked against them.
  init(_ values: [ParameterValue], kinds: [ParameterKind]) {
    start = .allocate(capacity: values.count)
    for (index, (value, kind)) in zip(values, kinds).enumerated() {
      (start + index).initialize(to: self.value(value, kind))
    }
  }

  deinit {
    texts.forEach { $0.deallocate() }
    lists.forEach { $0.deallocate() }
    start.deallocate()
  }

  private func value(_ value: ParameterValue, _ kind: ParameterKind) -> losskit_value {
    var result = losskit_value()
    switch value {
    case .null, .object:
      result.type = LOSSKIT_NULL
    case .boolean(let boolean):
      result.type = LOSSKIT_BOOLEAN
      result.integer = boolean ? 1 : 0
    case .integer(let integer):
      result.type = LOSSKIT_INTEGER
      result.integer = Int64(integer)
    case .number(let number):
      result.type = LOSSKIT_NUMBER
      result.number = number
    case .string(let string):
      if case .choice = kind { result.type = LOSSKIT_CHOICE } else { result.type = LOSSKIT_TEXT }
      result.text = UnsafePointer(text(string))
    case .list(let elements):
      let numbers = elements.compactMap(\.asNumber)
      result.type = LOSSKIT_NUMBERS
      result.numbers = UnsafePointer(list(numbers))
      result.count = numbers.count
    }
    return result
  }

  private func text(_ string: String) -> UnsafeMutablePointer<CChar> {
    let bytes = string.utf8CString
    let text = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
    for (index, byte) in bytes.enumerated() { (text + index).initialize(to: byte) }
    texts.append(text)
    return text
  }

  private func list(_ numbers: [Double]) -> UnsafeMutablePointer<Double> {
    let list = UnsafeMutablePointer<Double>.allocate(capacity: numbers.count)
    for (index, number) in numbers.enumerated() { (list + index).initialize(to: number) }
    lists.append(list)
    return list
  }
}
