import LossCore
import LossKernels

extension Formula {
  /// The formula that parameters say, for parts that can be refused for one reason alone: the first.
  package static func alone(
    _ parameters: Parameters, variables: [String], of component: String
  ) throws(ParameterError) -> Formula {
    do throws(ParameterErrors) {
      return try Formula(parameters, variables: variables, of: component)
    } catch {
      throw error.errors[0]
    }
  }

  /// The variables that are read, in alphabetical order, and the program of their values.
  package var program: (names: [String], program: FormulaProgram<Float>) {
    let names = readVariables.sorted()
    return (names, FormulaProgram([evaluate(TracedValue.variables(names)).value], of: names))
  }

  /// The first part of the texts that isn't a finite number, and what it is.
  package func undefinedPart<Value: RealScalar>(of variables: [String: Value]) -> String {
    undefinedPart(of: variables.mapValues { Dual($0) })
  }

  /// The first part of the texts that isn't a finite number, or hasn't a finite derivative, and what it is.
  package func undefinedPart<Value: RealScalar>(of variables: [String: Dual<Value>]) -> String {
    var value: String?
    var derivative: String?
    evaluate(variables) { number, part in
      if value == nil, !number.value.isFinite { value = "\(part) is \(number.value)" }
      if derivative == nil, !number.derivatives.all.allSatisfy({ $0?.isFinite ?? true }) {
        derivative = "the derivative of \(part) is not finite"
      }
    }
    return value ?? derivative ?? "the derivative is not finite"
  }
}

extension Formula {
  /// The program of a formula that is the only text of a parameter.
  package static func program(
    of text: String, variables: [String], given: [String: Double], parameter: String
  ) throws(ParameterError) -> FormulaProgram<Float> {
    do throws(FormulaErrors) {
      let formula = try Formula(value: text, given: given, variables: variables)
      let traced = TracedValue.variables(variables)
      return FormulaProgram([formula.evaluate(traced).value], of: variables)
    } catch {
      let first = error.all[0]
      throw ParameterError(
        parameter, first.problem, choices: first.unknown == nil ? [] : first.choices,
        excerpt: TextExcerpt(first.text, first.range))
    }
  }
}
