import LossKernels
import ResourceLimits

/// A formula as texts: constants, names given to parts, and the value.
///
/// It computes numbers and does nothing else. ``evaluate(_:)`` takes any ``FormulaValue``: numbers, vectors, dual
/// numbers, whose derivatives are exact, and traced values, of which ``FormulaProgram`` is made.
public struct Formula: Sendable, Equatable {
  /// A name and the text that says what it stands for.
  public struct Part: Sendable, Equatable {
    /// The name.
    public let name: String
    /// The text.
    public let text: String

    /// A name with its text.
    public init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  /// The constants, computed.
  public let constants: [String: Double]
  /// The parts that have names, each of which may read those before.
  public let parts: [Part]
  /// The text of the value.
  public let value: String
  /// The text of the derivative, where it isn't to be that of the value.
  public let derivative: String?
  /// The variables that the formula may read.
  public let variables: [String]
  /// The variables that it reads.
  public private(set) var readVariables: Set<String> = []

  /// Reads texts, and computes the constants.
  ///
  /// - Parameters:
  ///   - given: Constants whose numbers are known, such as parameters.
  ///   - constants: Constants by formulas of constants, in any order.
  ///   - variables: What the formula may read beside constants.
  /// - Throws: ``FormulaErrors`` with everything that is wrong in the texts.
  public init(
    value: String, derivative: String? = nil, parts: [Part] = [], constants: [Part] = [],
    given: [String: Double] = [:], variables: [String]
  ) throws(FormulaErrors) {
    var errors: [FormulaError] = []
    self.parts = parts
    self.value = value
    self.derivative = derivative
    self.variables = variables
    self.constants = Self.computed(
      constants, given: given, reserved: Set(variables), errors: &errors)
    errors += Self.misused(
      parts.map(\.name), key: "let", taken: Set(variables + self.constants.keys))
    guard parts.count <= Limits.formulaOperations else {
      let error = FormulaError(
        key: ["let"], text: "", range: 0..<0,
        problem: "has \(parts.count) names; expected \(Limits.formulaOperations) at most",
        unknown: nil, choices: [])
      throw FormulaErrors(all: errors + [error])
    }
    let result = evaluated(names: TracedValue.variables(variables))
    errors += result.errors
    guard errors.isEmpty else { throw FormulaErrors(all: errors) }
    readVariables = result.readNames.intersection(variables)
  }

  /// The value, and the derivative where it has a text of its own.
  ///
  /// - Parameter variables: A number for each variable.
  public func evaluate<Value: FormulaValue>(
    _ variables: [String: Value]
  ) -> (value: Value, derivative: Value?) {
    let result = evaluated(names: variables)
    // Nothing is wrong with what was read before.
    return (result.value ?? 0, result.derivative)
  }

  /// Evaluates, and calls `observe` with each part of the texts that is a number, inner parts first.
  public func evaluate<Value: FormulaValue>(
    _ variables: [String: Value], observe: (_ number: Value, _ part: String) -> Void
  ) {
    withoutActuallyEscaping(observe) { observe in
      _ = evaluated(names: variables) { operand, part in
        if case .number(let number, known: _) = operand { observe(number, String(part)) }
      }
    }
  }

  /// The numbers that have names of their own, in order.
  package func partValues<Value: FormulaValue>(
    _ variables: [String: Value]
  ) -> [(name: String, value: Value)] {
    evaluated(names: variables).parts
  }

  private func evaluated<Value: FormulaValue>(
    names: [String: Value],
    observe: @escaping (FormulaOperand<Value>, Substring.UnicodeScalarView) -> Void = { _, _ in }
  ) -> (
    value: Value?, derivative: Value?, parts: [(name: String, value: Value)],
    readNames: Set<String>, errors: [FormulaError]
  ) {
    var operands = names.mapValues { FormulaOperand.number($0, known: nil) }
    for (name, number) in constants { operands[name] = .number(Value(number), known: number) }
    var budget = Limits.formulaOperations
    var readNames: Set<String> = []
    var errors: [FormulaError] = []
    func read(_ text: String, _ key: [String]) -> FormulaOperand<Value> {
      var reader = FormulaReader(text, key: key, names: operands, budget: budget, observe: observe)
      let result = reader.read()
      budget = reader.budget
      readNames.formUnion(reader.readNames)
      errors += reader.errors
      return result
    }
    func number(_ text: String, _ key: String) -> Value? {
      switch read(text, [key]) {
      case .number(let number, known: _): return number
      case .broken: return nil
      case .condition:
        errors.append(
          FormulaError(
            key: [key], text: text, range: 0..<text.unicodeScalars.count,
            problem: "is a condition; expected a number, such as select(condition, 1, 0)",
            unknown: nil, choices: []))
        return nil
      }
    }
    var named: [(name: String, value: Value)] = []
    for part in parts {
      let operand = read(part.text, ["let", part.name])
      operands[part.name] = operand
      if case .number(let number, known: _) = operand { named.append((part.name, number)) }
    }
    let value = number(value, "value")
    let derivative = derivative.flatMap { number($0, "derivative") }
    return (value, derivative, named, readNames, errors)
  }

  // MARK: Constants

  /// The numbers of constants, which may read one another in any order.
  private static func computed(
    _ constants: [Part], given: [String: Double], reserved: Set<String>,
    errors: inout [FormulaError]
  ) -> [String: Double] {
    var numbers = given
    errors += misused(constants.map(\.name), key: "constants", taken: reserved.union(given.keys))
    guard constants.count <= Limits.formulaOperations else {
      errors.append(
        FormulaError(
          key: ["constants"], text: "", range: 0..<0,
          problem: "has \(constants.count) names; expected \(Limits.formulaOperations) at most",
          unknown: nil, choices: []))
      return numbers
    }
    let names = Set(constants.map(\.name))
    // What is read of other constants; a text without tokens says what is wrong when it is computed.
    var open = constants.map { constant in
      let tokens = try? FormulaToken.all(
        of: Array(constant.text.unicodeScalars.prefix(Limits.formulaCharacters)))
      let read = (tokens ?? []).compactMap { token in
        if case .name(let name) = token.kind { name } else { nil }
      }
      return (constant: constant, reads: names.intersection(read))
    }
    var budget = Limits.formulaOperations
    while !open.isEmpty {
      let ready = open.filter { $0.reads.allSatisfy { numbers[$0] != nil } }
      if ready.isEmpty {
        for (constant, reads) in open where reads.contains(where: { numbers[$0] == nil }) {
          errors.append(
            FormulaError(
              key: ["constants", constant.name], text: constant.text,
              range: 0..<constant.text.unicodeScalars.count,
              problem: "reads itself, by way of \(reads.sorted().joined(separator: ", "))",
              unknown: nil, choices: []))
          numbers[constant.name] = 1
        }
        return numbers
      }
      open.removeAll { $0.reads.allSatisfy { numbers[$0] != nil } }
      for (constant, _) in ready {
        var reader = FormulaReader<Double>(
          constant.text, key: ["constants", constant.name],
          names: numbers.mapValues { .number($0, known: $0) }, budget: budget
        ) { _, _ in }
        let result = reader.read()
        budget = reader.budget
        errors += reader.errors
        // Another number, so that nobody else complains.
        numbers[constant.name] = 1
        guard reader.errors.isEmpty else { continue }
        if case .number(let number, known: _) = result, number.isFinite {
          numbers[constant.name] = number
        } else {
          let found =
            if case .number(let number, known: _) = result { "\(number)" } else { "a condition" }
          errors.append(
            FormulaError(
              key: ["constants", constant.name], text: constant.text,
              range: 0..<constant.text.unicodeScalars.count,
              problem: "is \(found); expected a finite number", unknown: nil, choices: []))
        }
      }
    }
    return numbers
  }

  /// The errors of names that can't be given, because they are taken or aren't names.
  private static func misused(
    _ names: [String], key: String, taken: Set<String>
  ) -> [FormulaError] {
    var taken = taken.union(FormulaFunction.allCases.map(\.rawValue) + ["pi", "and", "or", "not"])
    return names.prefix(Limits.formulaOperations).compactMap { name in
      let tokens = try? FormulaToken.all(of: Array(name.unicodeScalars.prefix(100)))
      let isName = tokens?.count == 2 && tokens?[0].kind == .name(name) && !name.contains(".")
      let isFree = taken.insert(name).inserted
      guard !isName || !isFree else { return nil }
      return FormulaError(
        key: [key, name], text: "", range: 0..<0,
        problem: isName
          ? "is the name of something else; choose another"
          : "isn't a name; expected letters, digits and _, and no digit first",
        unknown: nil, choices: [])
    }
  }
}
