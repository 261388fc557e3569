import ResourceLimits

/// What is wrong with one parameter.
public struct ParameterError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The parameter's name.
  public let parameter: String
  /// What was found and what was expected, to be read after the name.
  public let problem: String
  /// The valid texts, one of which the found one may have been meant to be; empty where there is no
  /// such list.
  public let choices: [String]

  /// An error of `parameter`.
  public init(_ parameter: String, _ problem: String, choices: [String] = []) {
    self.parameter = parameter
    self.problem = shortened(problem)
    self.choices = choices
  }

  public var description: String { "\"\(parameter)\" \(problem)" }
}

/// Everything that is wrong with the parameters of one component.
public struct ParameterErrors: Error, Equatable, Sendable, CustomStringConvertible {
  /// The component's registered name.
  public let component: String
  /// The errors, one a parameter.
  public let errors: [ParameterError]

  /// The errors of `component`.
  public init(component: String, errors: [ParameterError]) {
    self.component = component
    self.errors = errors
  }

  public var description: String {
    errors.map { "\(component): \($0)" }.joined(separator: "\n")
  }
}
