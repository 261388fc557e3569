import ResourceLimits

/// One parameter of a component: its name, type, default, range and meaning, declared once.
///
/// The validator, `losskit show`, the JSON schema and the documentation are all made from it.
public struct Parameter: Sendable, Equatable {
  /// The type of a parameter's value, with the range that it may take.
  public indirect enum Kind: Sendable, Equatable {
    /// `true` or `false`.
    case boolean
    /// A whole number within a range.
    case integer(NumberRange)
    /// A finite number within a range.
    case number(NumberRange)
    /// One of several texts.
    case choice([String])
    /// Any text.
    case string
    /// A list of values, of `count` where that is given, else of one or more; a single value stands
    /// for a list of one.
    case list(of: Kind, count: Int?)
  }

  /// The key in a recipe.
  public let name: String
  /// The type of the value.
  public let kind: Kind
  /// The value where none is given; `null` where the parameter then doesn't apply, and nothing where
  /// one must be given.
  public let defaultValue: ParameterValue?
  /// What the parameter does, in a sentence.
  public let meaning: String

  /// A parameter of any kind.
  public init(
    _ name: String, _ kind: Kind, default defaultValue: ParameterValue?, _ meaning: String
  ) {
    self.name = name
    self.kind = kind
    self.defaultValue = defaultValue
    self.meaning = meaning
  }

  /// A parameter that takes a number.
  public static func number(
    _ name: String, default value: ParameterValue?, _ range: NumberRange, _ meaning: String
  ) -> Self { Self(name, .number(range), default: value, meaning) }

  /// A parameter that takes a whole number.
  public static func integer(
    _ name: String, default value: ParameterValue?, _ range: NumberRange, _ meaning: String
  ) -> Self { Self(name, .integer(range), default: value, meaning) }

  /// A parameter that takes `true` or `false`.
  public static func boolean(_ name: String, default value: Bool, _ meaning: String) -> Self {
    Self(name, .boolean, default: .boolean(value), meaning)
  }

  /// A parameter that takes a list of numbers, or one number that stands for a list of one.
  public static func numbers(
    _ name: String, default value: ParameterValue?, _ range: NumberRange, count: Int? = nil,
    _ meaning: String
  ) -> Self { Self(name, .list(of: .number(range), count: count), default: value, meaning) }
}

extension Parameter.Kind: CustomStringConvertible {
  /// The type in a word or two, without the range.
  public var description: String {
    switch self {
    case .boolean: "true or false"
    case .integer: "integer"
    case .number: "number"
    case .choice(let names): names.map { "\"\($0)\"" }.joined(separator: ", ")
    case .string: "string"
    case .list(let element, let count): "list of \(count.map { "\($0) " } ?? "")\(element.plural)"
    }
  }

  private var plural: String {
    switch self {
    case .integer: "integers"
    case .number: "numbers"
    case .list(let element, _): "lists of \(element.plural)"
    default: "values"
    }
  }

  /// The range of the numbers in it, where there are numbers.
  public var range: NumberRange? {
    switch self {
    case .integer(let range), .number(let range): range
    case .list(let element, _): element.range
    default: nil
    }
  }
}

extension Parameter {
  /// Checks `value` and brings it to the parameter's kind: integers become numbers where those are
  /// meant, and a single value becomes a list of one.
  ///
  /// - Throws: ``ParameterError`` that names the parameter, what was found and what was expected.
  public func resolve(_ value: ParameterValue) throws(ParameterError) -> ParameterValue {
    if value == .null, defaultValue == .null { return .null }
    return try resolve(value, as: kind)
  }

  private func resolve(
    _ value: ParameterValue, as kind: Kind
  ) throws(ParameterError) -> ParameterValue {
    switch (kind, value) {
    case (.boolean, .boolean), (.string, .string):
      return value
    case (.choice(let names), .string(let name)):
      guard names.contains(name) else {
        throw ParameterError(self.name, "\(value) is none of \(kind)", choices: names)
      }
      return value
    case (.integer(let range), .integer(let integer)):
      try check(Double(integer), in: range)
      return value
    case (.integer(let range), .number(let number)):
      guard let integer = Int(exactly: number) else { throw mismatch(value, kind) }
      try check(number, in: range)
      return .integer(integer)
    case (.number(let range), .integer), (.number(let range), .number):
      guard let number = value.asNumber else { throw mismatch(value, kind) }
      try check(number, in: range)
      return .number(number)
    case (.list(let element, let count), .list(let values)):
      if let count, values.count != count {
        throw ParameterError(name, "has \(values.count) values; expected \(count)")
      }
      guard values.count <= Limits.listElements else {
        throw ParameterError(
          name, "has \(values.count) values; expected \(Limits.listElements) at most")
      }
      guard !values.isEmpty else {
        throw ParameterError(name, "is empty; expected \(kind)")
      }
      var resolved: [ParameterValue] = []
      for value in values { resolved.append(try resolve(value, as: element)) }
      return .list(resolved)
    case (.list(_, let count), _) where (count ?? 1) == 1 && value != .null:
      return try resolve(.list([value]), as: kind)
    default:
      throw mismatch(value, kind)
    }
  }

  private func check(_ number: Double, in range: NumberRange) throws(ParameterError) {
    guard range.contains(number) else {
      throw ParameterError(name, "is \(shortest(number)); expected \(range)")
    }
  }

  private func mismatch(_ value: ParameterValue, _ kind: Kind) -> ParameterError {
    ParameterError(name, "is \(value); expected \(kind)")
  }
}
