/// The checked parameters of one component: each declared name with a value of its kind.
///
/// Made by ``Declaration/resolve(_:)``. The accessors throw where a component asks for a name that
/// it did not declare, or for another type than it declared.
public struct Parameters: Sendable, Equatable {
  private let values: [String: ParameterValue]

  init(_ values: [String: ParameterValue]) {
    self.values = values
  }

  /// The value of a parameter.
  public func value(_ name: String) throws(ParameterError) -> ParameterValue {
    guard let value = values[name] else { throw ParameterError(name, "is not declared") }
    return value
  }

  /// A number, or nothing where it is `null`.
  public func optionalNumber(_ name: String) throws(ParameterError) -> Double? {
    let value = try value(name)
    if value == .null { return nil }
    guard let number = value.asNumber else { throw undeclared(name, "a number") }
    return number
  }

  /// A number.
  public func number(_ name: String) throws(ParameterError) -> Double {
    guard let number = try optionalNumber(name) else { throw undeclared(name, "a number") }
    return number
  }

  /// A whole number, or nothing where it is `null`.
  public func optionalInteger(_ name: String) throws(ParameterError) -> Int? {
    switch try value(name) {
    case .null: return nil
    case .integer(let integer): return integer
    default: throw undeclared(name, "an integer")
    }
  }

  /// A whole number.
  public func integer(_ name: String) throws(ParameterError) -> Int {
    guard let integer = try optionalInteger(name) else { throw undeclared(name, "an integer") }
    return integer
  }

  /// `true` or `false`.
  public func boolean(_ name: String) throws(ParameterError) -> Bool {
    guard case .boolean(let boolean) = try value(name) else {
      throw undeclared(name, "true or false")
    }
    return boolean
  }

  /// A text.
  public func string(_ name: String) throws(ParameterError) -> String {
    guard case .string(let string) = try value(name) else { throw undeclared(name, "a string") }
    return string
  }

  /// A list of numbers, or nothing where it is `null`.
  public func optionalNumbers(_ name: String) throws(ParameterError) -> [Double]? {
    let value = try value(name)
    if value == .null { return nil }
    guard case .list(let list) = value else { throw undeclared(name, "a list of numbers") }
    return try numbers(in: list, name)
  }

  /// A list of numbers.
  public func numbers(_ name: String) throws(ParameterError) -> [Double] {
    guard let numbers = try optionalNumbers(name) else {
      throw undeclared(name, "a list of numbers")
    }
    return numbers
  }

  /// A list of lists of numbers.
  public func numberLists(_ name: String) throws(ParameterError) -> [[Double]] {
    guard case .list(let lists) = try value(name) else { throw undeclared(name, "a list of lists") }
    var result: [[Double]] = []
    for list in lists {
      guard case .list(let elements) = list else { throw undeclared(name, "a list of lists") }
      result.append(try numbers(in: elements, name))
    }
    return result
  }

  private func numbers(
    in list: [ParameterValue], _ name: String
  ) throws(ParameterError) -> [Double] {
    let numbers = list.compactMap(\.asNumber)
    guard numbers.count == list.count else { throw undeclared(name, "a list of numbers") }
    return numbers
  }

  private func undeclared(_ name: String, _ type: String) -> ParameterError {
    ParameterError(name, "is not declared as \(type)")
  }
}
