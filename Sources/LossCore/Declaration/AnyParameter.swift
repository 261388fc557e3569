import ResourceLimits

/// What a component says of a ``Parameter``: everything but the type of its value.
///
/// The validator, `losskit show`, the JSON schema and the documentation are all made from it. What is
/// declared at run time, as by the table of a C library, is declared by it alone.
public struct AnyParameter: DeclaredParameter, Equatable {
  /// The key in a recipe.
  public let name: String
  /// The type of the value.
  public let kind: ParameterKind
  /// The value if none is given; `null` if the parameter then doesn't apply, and `nil` if one must be
  /// given.
  public let defaultValue: ParameterValue?
  /// What the parameter does, in a sentence.
  public let help: String

  /// A parameter of any kind.
  public init(
    _ name: String, _ kind: ParameterKind, default defaultValue: ParameterValue?, help: String
  ) {
    self.name = name
    self.kind = kind
    self.defaultValue = defaultValue
    self.help = help
  }

  public var erased: AnyParameter { self }
}

extension AnyParameter {
  /// Checks `value` and brings it to the parameter's kind: integers become numbers where those are
  /// meant, and a single value becomes a list of one.
  ///
  /// - Throws: ``ParameterError`` that names the parameter, what was found and what was expected.
  public func resolve(_ value: ParameterValue) throws(ParameterError) -> ParameterValue {
    if value == .null, defaultValue == .null { return .null }
    return try resolve(value, as: kind)
  }

  private func resolve(
    _ value: ParameterValue, as kind: ParameterKind
  ) throws(ParameterError) -> ParameterValue {
    switch (kind, value) {
    case (.boolean, .boolean), (.string, .string):
      return value
    case (.formula, .string): return value
    case (.formula, .integer), (.formula, .number): return .string(value.description)
    case (.object(let element), .object(let members)):
      guard members.count <= Limits.listElements else {
        throw ParameterError(
          name, "has \(members.count) names; expected \(Limits.listElements) at most")
      }
      var resolved: [Named<ParameterValue>] = []
      for member in members {
        do throws(ParameterError) {
          resolved.append(Named(member.name, try resolve(member.value, as: element)))
        } catch {
          throw ParameterError(name, member: member.name, error.problem)
        }
      }
      return .object(resolved)
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
        throw ParameterError(name, "has \(counted(values.count, "value")); expected \(count)")
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

  private func mismatch(_ value: ParameterValue, _ kind: ParameterKind) -> ParameterError {
    ParameterError(name, "is \(value); expected \(kind)")
  }
}
