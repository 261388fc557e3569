/// The type of a parameter's value, with the range that it may take.
public indirect enum ParameterKind: Sendable, Equatable {
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
  /// The text of a formula; a number stands for itself.
  case formula
  /// Values by names of the recipe's choice, in order.
  case object(of: ParameterKind)
  /// A list of values, of `count` where that is given, else of one or more; a single value stands
  /// for a list of one.
  case list(of: ParameterKind, count: Int?)

  /// The range of the numbers in it, if there are numbers.
  public var range: NumberRange? {
    switch self {
    case .integer(let range), .number(let range): range
    case .list(let element, _): element.range
    default: nil
    }
  }
}

extension ParameterKind: CustomStringConvertible {
  /// The type in a word or two, without the range.
  public var description: String {
    switch self {
    case .boolean: "true or false"
    case .integer: "integer"
    case .number: "number"
    case .choice(let names): names.map { "\"\($0)\"" }.joined(separator: ", ")
    case .string: "string"
    case .formula: "formula"
    case .object(let element): "object of \(element.plural)"
    case .list(let element, let count): "list of \(count.map { "\($0) " } ?? "")\(element.plural)"
    }
  }

  private var plural: String {
    switch self {
    case .integer: "integers"
    case .number: "numbers"
    case .formula: "formulas"
    case .list(let element, _): "lists of \(element.plural)"
    default: "values"
    }
  }
}
