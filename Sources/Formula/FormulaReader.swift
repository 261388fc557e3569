import LossKernels
import ResourceLimits

/// Reads one text and computes what it says, over any kind of number.
///
/// To evaluate and to check a formula is the same: numbers, vectors, dual numbers or traced values go in, and what
/// is wrong is collected on the way.
struct FormulaReader<Value: FormulaValue> {
  private let key: [String]
  private let text: String
  private let scalars: [Unicode.Scalar]
  private var tokens: [FormulaToken] = []
  private var position = 0
  private var depth = 0
  /// What names stand for.
  private let names: [String: FormulaOperand<Value>]
  /// Called with each part of the text as it is computed.
  private let observe: (FormulaOperand<Value>, Substring.UnicodeScalarView) -> Void

  /// The operations that may still be done.
  private(set) var budget: Int
  /// The names that were read.
  private(set) var readNames: Set<String> = []
  private(set) var errors: [FormulaError] = []

  init(
    _ text: String, key: [String], names: [String: FormulaOperand<Value>], budget: Int,
    observe: @escaping (FormulaOperand<Value>, Substring.UnicodeScalarView) -> Void
  ) {
    self.key = key
    self.text = text
    scalars = Array(text.unicodeScalars.prefix(Limits.formulaCharacters + 1))
    self.names = names
    self.budget = budget
    self.observe = observe
  }

  /// What the whole text comes to.
  mutating func read() -> FormulaOperand<Value> {
    do throws(FormulaError) {
      guard scalars.count <= Limits.formulaCharacters else {
        throw error(0..<1, "the text is longer than \(Limits.formulaCharacters) characters")
      }
      do throws(FormulaTokenError) {
        tokens = try FormulaToken.all(of: scalars)
      } catch {
        throw self.error(error.range, error.problem)
      }
      let result = try expression(from: .or)
      guard token.kind == .end else { throw unexpected("an operator, or the end of the text") }
      return errors.isEmpty ? result : .broken
    } catch {
      errors.append(error)
      return .broken
    }
  }

  // MARK: Grammar

  /// How tightly operators bind, from the loosest on.
  private enum Precedence: Int, Comparable {
    case or, and, not, comparison, sum, product, sign, power

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// What binds tighter by one.
    var next: Self { Self(rawValue: rawValue + 1) ?? .power }
  }

  private static func precedence(ofBinary sign: String) -> Precedence? {
    switch sign {
    case "or": .or
    case "and": .and
    case "<", "<=", ">", ">=", "==", "!=": .comparison
    case "+", "-": .sum
    case "*", "/": .product
    case "^": .power
    default: nil
    }
  }

  private mutating func expression(
    from least: Precedence
  ) throws(FormulaError) -> FormulaOperand<Value> {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Limits.formulaDepth else {
      throw error(token.range, "nests deeper than \(Limits.formulaDepth) levels; use let")
    }
    let start = token.range.lowerBound
    var left = try operand()
    while case .sign(let sign) = token.kind, let precedence = Self.precedence(ofBinary: sign),
      precedence >= least
    {
      let place = token.range
      position += 1
      // A power binds to the right: 2 ^ 3 ^ 2 is 2 ^ 9, and may have a negative exponent.
      let right = try expression(from: precedence == .power ? .sign : precedence.next)
      let range = start..<end
      left = try combine(left, sign, right, at: place, in: range)
      observe(left, part(range))
      if precedence == .comparison, case .sign(let next) = token.kind,
        Self.precedence(ofBinary: next) == .comparison
      {
        throw error(token.range, "comparisons don't chain; write a < b and b < c")
      }
    }
    return left
  }

  private mutating func operand() throws(FormulaError) -> FormulaOperand<Value> {
    let (kind, range) = (token.kind, token.range)
    switch kind {
    case .number(let number):
      position += 1
      return .number(Value(number), known: number)
    case .name(let name):
      position += 1
      return token.kind == .sign("(") ? try call(name, range) : named(name, range)
    case .sign("("):
      position += 1
      let inner = try expression(from: .or)
      guard token.kind == .sign(")") else { throw unexpected("an operator, or )") }
      position += 1
      return inner
    case .sign("-"), .sign("+"):
      position += 1
      let operand = try expression(from: .sign)
      guard
        let (value, known) = number(
          operand, range.lowerBound..<end, "a sign stands before a number")
      else { return .broken }
      try spend(1, at: range)
      return kind == .sign("+") ? operand : .number(-value, known: known.map { -$0 })
    case .sign("not"):
      position += 1
      let operand = try expression(from: .not)
      guard let mask = condition(operand, range.lowerBound..<end, "\"not\" takes a condition")
      else {
        return .broken
      }
      try spend(1, at: range)
      return .condition(!mask)
    default:
      throw unexpected("a number, a name or (")
    }
  }

  private mutating func named(_ name: String, _ range: Range<Int>) -> FormulaOperand<Value> {
    if let operand = names[name] {
      readNames.insert(name)
      return operand
    }
    if name == "pi" { return .number(Value(Double.pi), known: .pi) }
    let isFunction = FormulaFunction(rawValue: name) != nil
    let choices = names.keys.sorted()
    let list = choices.count > 16 ? "" : "; there is \(choices.joined(separator: ", "))"
    errors.append(
      FormulaError(
        key: key, text: text, range: range,
        problem: isFunction
          ? "\(name) is a function; expected its arguments in brackets"
          : "there is no \"\(name)\" here\(list)",
        unknown: isFunction ? nil : name, choices: choices + ["pi"]))
    return .broken
  }

  private mutating func call(
    _ name: String, _ range: Range<Int>
  ) throws(FormulaError) -> FormulaOperand<Value> {
    position += 1
    var arguments: [(operand: FormulaOperand<Value>, range: Range<Int>)] = []
    while token.kind != .sign(")") {
      let start = token.range.lowerBound
      let argument = try expression(from: .or)
      arguments.append((argument, start..<end))
      if token.kind == .sign(",") {
        position += 1
        if token.kind == .sign(")") { throw unexpected("an argument") }
      } else if token.kind != .sign(")") {
        throw unexpected("a comma, or )")
      }
    }
    position += 1
    let whole = range.lowerBound..<end
    guard let function = FormulaFunction(rawValue: name) else {
      let choices = FormulaFunction.allCases.map(\.rawValue)
      errors.append(
        FormulaError(
          key: key, text: text, range: range,
          problem: "there is no function \"\(name)\"; there is \(choices.joined(separator: ", "))",
          unknown: name, choices: choices))
      return .broken
    }
    let (least, takesMore) = function.arguments
    guard takesMore ? arguments.count >= least : arguments.count == least else {
      let expected = takesMore ? "\(least) or more" : "\(least)"
      report(whole, "\(name) has \(arguments.count) arguments; expected \(expected)")
      return .broken
    }
    try spend(max(1, arguments.count - 1), at: range)
    let result = function == .select ? select(arguments) : apply(function, arguments)
    observe(result, part(whole))
    return result
  }

  // MARK: Meaning

  private mutating func select(
    _ arguments: [(operand: FormulaOperand<Value>, range: Range<Int>)]
  ) -> FormulaOperand<Value> {
    let mask = condition(
      arguments[0].operand, arguments[0].range, "select takes a condition, and two numbers")
    let accepted = number(
      arguments[1].operand, arguments[1].range, "select takes a condition, and two numbers")
    let other = number(
      arguments[2].operand, arguments[2].range, "select takes a condition, and two numbers")
    guard let mask, let accepted, let other else { return .broken }
    return .number(.select(mask, accepted.value, else: other.value), known: nil)
  }

  private mutating func apply(
    _ function: FormulaFunction, _ arguments: [(operand: FormulaOperand<Value>, range: Range<Int>)]
  ) -> FormulaOperand<Value> {
    var values: [Value] = []
    var known: [Double] = []
    for argument in arguments {
      guard
        let (value, number) = number(
          argument.operand, argument.range, "\(function.rawValue) takes numbers")
      else { continue }
      values.append(value)
      if let number { known.append(number) }
    }
    guard values.count == arguments.count else { return .broken }
    return .number(
      function(values), known: known.count == values.count ? function(known) : nil)
  }

  private mutating func combine(
    _ left: FormulaOperand<Value>, _ sign: String, _ right: FormulaOperand<Value>,
    at place: Range<Int>, in range: Range<Int>
  ) throws(FormulaError) -> FormulaOperand<Value> {
    try spend(1, at: place)
    if sign == "and" || sign == "or" {
      let problem = "\"\(sign)\" combines conditions"
      let left = condition(left, range.lowerBound..<place.lowerBound, problem)
      let right = condition(right, place.upperBound..<range.upperBound, problem)
      guard let left, let right else { return .broken }
      return .condition(sign == "and" ? left & right : left | right)
    }
    let problem = "\(sign) combines numbers"
    let leftNumber = number(left, range.lowerBound..<place.lowerBound, problem)
    let rightNumber = number(right, place.upperBound..<range.upperBound, problem)
    guard let (x, knownX) = leftNumber, let (y, knownY) = rightNumber else { return .broken }
    func both(_ body: (Double, Double) -> Double) -> Double? {
      if let knownX, let knownY { body(knownX, knownY) } else { nil }
    }
    switch sign {
    case "+": return .number(x + y, known: both { $0 + $1 })
    case "-": return .number(x - y, known: both { $0 - $1 })
    case "*": return .number(x * y, known: both { $0 * $1 })
    case "/":
      if knownY == 0 {
        report(place.lowerBound..<range.upperBound, "divides by a constant that is 0")
        return .broken
      }
      return .number(x / y, known: both { $0 / $1 })
    case "^":
      // Of any sign, as x ^ 2 is meant to be; the power function takes a base of 0 or more.
      if let knownY, let exponent = Int(exactly: knownY), exponent.magnitude <= 16 {
        try spend(8, at: place)
        return .number(x.power(exponent), known: knownX.map { $0.power(exponent) })
      }
      return .number(.pow(x, y), known: both { Double.pow($0, $1) })
    case "<": return .condition(x < y)
    case "<=": return .condition(x <= y)
    case ">": return .condition(x > y)
    case ">=": return .condition(x >= y)
    case "==": return .condition((x <= y) & (x >= y))
    default: return .condition(!((x <= y) & (x >= y)))
    }
  }

  private mutating func number(
    _ operand: FormulaOperand<Value>, _ range: Range<Int>, _ problem: String
  ) -> (value: Value, known: Double?)? {
    switch operand {
    case .number(let value, let known): return (value, known)
    case .condition:
      report(range, "\(problem), and this is a condition; select(condition, a, b) makes a number")
      return nil
    case .broken: return nil
    }
  }

  private mutating func condition(
    _ operand: FormulaOperand<Value>, _ range: Range<Int>, _ problem: String
  ) -> Value.Mask? {
    switch operand {
    case .condition(let mask): return mask
    case .number:
      report(range, "\(problem), and this is a number; compare it with one")
      return nil
    case .broken: return nil
    }
  }

  // MARK: Errors

  private mutating func spend(_ operations: Int, at range: Range<Int>) throws(FormulaError) {
    budget -= operations
    guard budget < 0 else { return }
    throw error(range, "the formula has more than \(Limits.formulaOperations) operations")
  }

  private mutating func report(_ range: Range<Int>, _ problem: String) {
    errors.append(error(range, problem))
  }

  private func unexpected(_ expected: String) -> FormulaError {
    let found =
      switch token.kind {
      case .end: "the text ends"
      default: "found \(String(part(token.range)))"
      }
    return error(token.range, "\(found); expected \(expected)")
  }

  private func error(_ range: Range<Int>, _ problem: String) -> FormulaError {
    // Without spaces around.
    var range = range.clamped(to: 0..<scalars.count)
    while range.count > 1, scalars[range.lowerBound] == " " {
      range = range.lowerBound + 1..<range.upperBound
    }
    while range.count > 1, scalars[range.upperBound - 1] == " " {
      range = range.lowerBound..<range.upperBound - 1
    }
    return FormulaError(
      key: key, text: text, range: range, problem: problem, unknown: nil, choices: [])
  }

  // MARK: Tokens

  private var token: FormulaToken { tokens[position] }

  /// Where the token before ends.
  private var end: Int { position > 0 ? tokens[position - 1].range.upperBound : 0 }

  private func part(_ range: Range<Int>) -> Substring.UnicodeScalarView {
    let view = text.unicodeScalars
    let start = view.index(view.startIndex, offsetBy: range.lowerBound)
    return text[start..<view.index(start, offsetBy: range.count)].unicodeScalars
  }
}
