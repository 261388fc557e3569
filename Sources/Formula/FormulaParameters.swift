import LossCore

/// The parameters that make a formula, the same for all that can be written as one.
package enum FormulaParameters {
  package static let value = Parameter("value", .formula, help: "The formula of the value.")
  package static let parts = Parameter(
    "let", .object(of: .formula), default: [],
    help: "Names for parts, in order: each may read those before it.")
  package static let constants = Parameter(
    "constants", .object(of: .formula), default: [],
    help: "Numbers by name, or formulas of other constants.")

  package static let all: [any DeclaredParameter] = [value, parts, constants]
}

extension Formula {
  /// The formula that parameters say.
  ///
  /// - Throws: ``ParameterErrors`` with everything that is wrong in the texts.
  package init(
    _ parameters: Parameters, derivative: String? = nil, variables: [String], of component: String
  ) throws(ParameterErrors) {
    func parts(_ members: [Named<String>]) -> [Part] {
      members.map { Part(name: $0.name, text: $0.value) }
    }
    do throws(FormulaErrors) {
      try self.init(
        value: parameters[FormulaParameters.value], derivative: derivative,
        parts: parts(parameters[FormulaParameters.parts]),
        constants: parts(parameters[FormulaParameters.constants]), variables: variables)
    } catch {
      throw ParameterErrors(component: component, errors: error.all.map(ParameterError.init))
    }
  }
}

extension ParameterError {
  package init(_ error: FormulaError) {
    self.init(
      error.key[0], member: error.key.count > 1 ? error.key[1] : nil, error.problem,
      choices: error.unknown == nil ? [] : error.choices,
      excerpt: error.text.isEmpty ? nil : TextExcerpt(error.text, error.range))
  }
}
