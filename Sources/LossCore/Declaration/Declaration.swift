/// What a component says of itself: its name, what it computes, from where, and its parameters.
public struct Declaration: Sendable, Equatable {
  /// The registered name, as recipes write it.
  public let name: String
  /// What the component is, in one line.
  public let summary: String
  /// The formula or the rule, in plain text; may have several lines.
  public let formula: String
  /// The paper or the reference implementation that it follows.
  public let source: String
  /// The parameters, in the order in which they are shown.
  public let parameters: [AnyParameter]

  /// Declares a component.
  public init(
    name: String, summary: String, formula: String, source: String,
    parameters: [any DeclaredParameter] = []
  ) {
    self.name = name
    self.summary = summary
    self.formula = formula
    self.source = source
    self.parameters = parameters.map(\.erased)
  }

  /// Whether a recipe may give the name alone: all parameters have a default.
  package var needsNoParameters: Bool { parameters.allSatisfy { $0.defaultValue != nil } }

  /// Checks the given values against the declared parameters and fills in the defaults.
  ///
  /// - Throws: ``ParameterErrors`` with every unknown name, wrong type, value out of range and
  ///   missing parameter.
  public func resolve(
    _ given: [String: ParameterValue]
  ) throws(ParameterErrors) -> Parameters {
    var errors: [ParameterError] = []
    var values: [String: ParameterValue] = [:]
    for parameter in parameters {
      do throws(ParameterError) {
        if let value = given[parameter.name] {
          values[parameter.name] = try parameter.resolve(value)
        } else if let value = parameter.defaultValue {
          values[parameter.name] = value == .null ? .null : try parameter.resolve(value)
        } else {
          errors.append(ParameterError(parameter.name, "is missing; expected \(parameter.kind)"))
        }
      } catch {
        errors.append(error)
      }
    }
    let names = parameters.map(\.name)
    for name in given.keys.sorted() where !names.contains(name) {
      errors.append(
        ParameterError(
          name,
          names.isEmpty
            ? "is unknown; \(self.name) has no parameters"
            : "is unknown; expected one of \(names.joined(separator: ", "))", choices: names))
    }
    guard errors.isEmpty else { throw ParameterErrors(component: self.name, errors: errors) }
    return Parameters(values)
  }
}
