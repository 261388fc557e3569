import ResourceLimits

/// What is wrong with one parameter.
public struct ParameterError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The parameter's name.
  public let parameter: String
  /// The name of the member that is wrong, of a parameter that is an object.
  public let member: String?
  /// What was found and what was expected, to be read after the name.
  public let problem: String
  /// The valid texts, one of which the found one may have been meant to be; empty where there is no
  /// such list.
  public let choices: [String]
  /// What of the value is wrong, where that is a part of a text.
  public let excerpt: TextExcerpt?

  /// An error of `parameter`, or of a member of it.
  public init(
    _ parameter: String, member: String? = nil, _ problem: String, choices: [String] = [],
    excerpt: TextExcerpt? = nil
  ) {
    self.parameter = parameter
    self.member = member
    self.problem = shortened(problem)
    self.choices = choices
    self.excerpt = excerpt
  }

  public var description: String {
    let name = member.map { "\(parameter).\($0)" } ?? parameter
    return (["\"\(name)\" \(problem)"] + (excerpt?.lines ?? [])).joined(separator: "\n")
  }
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
