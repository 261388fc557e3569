import LossCore
import PluginABI

extension AnyParameter {
  /// What a plugin's table says of the parameter; of type 0, which LossKit refuses, where the C
  /// interface has none for it.
  var entry: losskit_parameter {
    let range = kind.range ?? .any
    let (type, choices, count) = kind.entry
    return losskit_parameter(
      name: kept(name), meaning: kept(help), type: type,
      bounds: (range.lower == nil ? 0 : range.lowerIsExcluded ? LOSSKIT_ABOVE : LOSSKIT_AT_LEAST)
        | (range.upper == nil ? 0 : LOSSKIT_AT_MOST),
      minimum: range.lower ?? 0, maximum: range.upper ?? 0,
      choices: kept(choices.map { UnsafePointer(kept($0)) }), choice_count: choices.count,
      count: count,
      default_value: defaultValue.flatMap { try? resolve($0) }.map { kept([$0.entry(type)]) })
  }
}

extension ParameterKind {
  /// The type, the texts to choose from, and the number of numbers.
  fileprivate var entry: (type: UInt32, choices: [String], count: Int) {
    switch self {
    case .boolean: (LOSSKIT_BOOLEAN, [], 0)
    case .integer: (LOSSKIT_INTEGER, [], 0)
    case .number: (LOSSKIT_NUMBER, [], 0)
    case .string: (LOSSKIT_TEXT, [], 0)
    case .choice(let names): (LOSSKIT_CHOICE, names, 0)
    case .list(of: .number, let count): (LOSSKIT_NUMBERS, [], count ?? 0)
    case .list, .formula, .object: (0, [], 0)
    }
  }
}

extension ParameterValue {
  /// The value as C reads it, of the type of its parameter.
  fileprivate func entry(_ type: UInt32) -> losskit_value {
    var entry = losskit_value()
    entry.type = self == .null ? LOSSKIT_NULL : type
    switch self {
    case .null, .object: break
    case .boolean(let boolean): entry.integer = boolean ? 1 : 0
    case .integer(let integer): entry.integer = Int64(integer)
    case .number(let number): entry.number = number
    case .string(let text): entry.text = kept(text)
    case .list(let elements):
      let numbers = elements.compactMap(\.asNumber)
      entry.numbers = kept(numbers)
      entry.count = numbers.count
    }
    return entry
  }

  /// The value that C passes.
  init(_ value: losskit_value) {
    switch value.type {
    case LOSSKIT_NUMBER: self = .number(value.number)
    case LOSSKIT_INTEGER: self = .integer(Int(value.integer))
    case LOSSKIT_BOOLEAN: self = .boolean(value.integer != 0)
    case LOSSKIT_NUMBERS:
      self = .list(
        UnsafeBufferPointer(start: value.numbers, count: value.count).map { .number($0) })
    case LOSSKIT_CHOICE, LOSSKIT_TEXT:
      self = .string(value.text.map { String(cString: $0) } ?? "")
    default: self = .null
    }
  }
}
