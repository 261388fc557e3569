/// The type of a parameter in Swift: its kind, and how a value is stored.
public struct ParameterType<Value: Sendable>: Sendable {
  let kind: ParameterKind
  let read: @Sendable (ParameterValue) -> Value?
  let write: @Sendable (Value) -> ParameterValue
}

extension ParameterType<Bool> {
  /// `true` or `false`.
  public static var boolean: Self {
    Self(
      kind: .boolean, read: { if case .boolean(let value) = $0 { value } else { nil } },
      write: { .boolean($0) })
  }
}

extension ParameterType<Int> {
  /// A whole number within `range`.
  public static func integer(_ range: NumberRange) -> Self {
    Self(
      kind: .integer(range), read: { if case .integer(let value) = $0 { value } else { nil } },
      write: { .integer($0) })
  }
}

extension ParameterType<Double> {
  /// A finite number within `range`.
  public static func number(_ range: NumberRange) -> Self {
    Self(
      kind: .number(range), read: \.asNumber,
      write: { Int(exactly: $0).map(ParameterValue.integer) ?? .number($0) })
  }
}

extension ParameterType<String> {
  /// Any text.
  public static var string: Self {
    Self(
      kind: .string, read: { if case .string(let value) = $0 { value } else { nil } },
      write: { .string($0) })
  }
}

extension ParameterType where Value: CaseIterable & RawRepresentable<String> {
  /// One of the cases of an enumeration, written as its raw value.
  public static var choice: Self {
    Self(
      kind: .choice(Value.allCases.map(\.rawValue)),
      read: { if case .string(let value) = $0 { Value(rawValue: value) } else { nil } },
      write: { .string($0.rawValue) })
  }
}

extension ParameterType {
  /// A list, of `count` values if that is given, else of one or more; a single value stands for a list
  /// of one.
  public static func list<Element>(of element: ParameterType<Element>, count: Int? = nil) -> Self
  where Value == [Element] {
    Self(
      kind: .list(of: element.kind, count: count),
      read: {
        guard case .list(let values) = $0 else { return nil }
        let elements = values.compactMap(element.read)
        return elements.count == values.count ? elements : nil
      },
      write: { .list($0.map(element.write)) })
  }
}

extension ParameterType<String> {
  /// The text of a formula; a number stands for itself.
  public static var formula: Self {
    Self(
      kind: .formula, read: { if case .string(let text) = $0 { text } else { nil } },
      write: { .string($0) })
  }
}

extension ParameterType {
  /// Values by names of the recipe's choice, in order.
  public static func object<Element>(of element: ParameterType<Element>) -> Self
  where Value == [Named<Element>] {
    Self(
      kind: .object(of: element.kind),
      read: {
        guard case .object(let members) = $0 else { return nil }
        let values = members.compactMap { member in
          element.read(member.value).map { Named(member.name, $0) }
        }
        return values.count == members.count ? values : nil
      },
      write: { .object($0.map { Named($0.name, element.write($0.value)) }) })
  }
}
