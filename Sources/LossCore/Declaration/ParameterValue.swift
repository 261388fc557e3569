/// What a parameter is set to.
public enum ParameterValue: Sendable, Equatable {
  /// No value: the parameter doesn't apply.
  case null
  /// `true` or `false`.
  case boolean(Bool)
  /// A whole number.
  case integer(Int)
  /// A number written with a fraction or an exponent.
  case number(Double)
  /// A text.
  case string(String)
  /// Several values in order.
  case list([ParameterValue])
  /// Values by names, in order.
  case object([Named<ParameterValue>])

  /// The value as a number, whole or not.
  public var asNumber: Double? {
    switch self {
    case .integer(let integer): Double(integer)
    case .number(let number): number
    default: nil
    }
  }
}

extension ParameterValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  public init(dictionaryLiteral members: (String, ParameterValue)...) {
    self = .object(members.map { Named($0.0, $0.1) })
  }
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(arrayLiteral elements: ParameterValue...) { self = .list(elements) }
  public init(nilLiteral: ()) { self = .null }
}

extension ParameterValue: CustomStringConvertible {
  public var description: String {
    switch self {
    case .null: "null"
    case .boolean(let value): String(value)
    case .integer(let value): String(value)
    case .number(let value): shortest(value)
    case .string(let value): "\"\(value)\""
    case .list(let values): "[\(values.map(\.description).joined(separator: ", "))]"
    case .object(let members):
      "{\(members.map { "\"\($0.name)\": \($0.value)" }.joined(separator: ", "))}"
    }
  }
}

/// A value with a name.
public struct Named<Value> {
  /// The name.
  public let name: String
  /// The value.
  public let value: Value

  /// A value with a name.
  public init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }
}

extension Named: Sendable where Value: Sendable {}
extension Named: Equatable where Value: Equatable {}
