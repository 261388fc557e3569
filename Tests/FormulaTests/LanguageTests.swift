import Formula
import LossKernels
import Testing

/// What texts mean, and what is said of those that mean nothing.
@Suite struct LanguageTests {
  private static let variables = ["x": 3.0, "y": -2.0]

  private func value(_ text: String, constants: [Formula.Part] = []) throws -> Double {
    try Formula(value: text, constants: constants, variables: ["x", "y"])
      .evaluate(Self.variables).value
  }

  @Test(arguments: [
    ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("10 - 4 - 3", 3), ("16 / 4 / 2", 2), ("2 ^ 3 ^ 2", 512),
    ("-2 ^ 2", -4), ("(-2) ^ 2", 4), ("2 ^ -1", 0.5), ("y ^ 2", 4), ("y ^ 3", -8), ("x ^ 0", 1),
    ("y ^ -2", 0.25), ("x ^ 0.5", 3.0.squareRoot()), ("- -x", 3), ("+x", 3), ("2 * -x", -6),
    ("1e3 + .5 + 2.", 1002.5), ("select(x > 0 and y < 0, 1, 2)", 1),
    ("select(x > 0 and not y < 0 or x == 3, 1, 2)", 1), ("select(x != 3, 1, 2)", 2),
    ("select(not (x >= 4 or y <= -3), 5, 6)", 5), ("min(x, y, 1)", -2), ("max(x, y, 4)", 4),
    ("clamp(x, 0, 1)", 1), ("abs(y)", 2), ("pi", Double.pi), ("constant(x) * 2", 6),
    ("pow(x, 2)", 9), ("sqrt(x * 12)", 6), ("log(exp(1))", 1), ("log1p(0)", 0), ("atan(0)", 0),
    ("tanh(0)", 0), ("sigmoid(0)", 0.5), ("softplus(0)", 0.6931471805599453),
    (" \t x\n+\r 1 ", 4),
  ])
  func values(text: String, expected: Double) throws {
    #expect(abs(try value(text) - expected) <= 1e-12 * Swift.max(1, abs(expected)))
  }

  @Test func partsReadThoseBeforeAndConstantsOneAnother() throws {
    let formula = try Formula(
      value: "select(isLarge, half, 0)",
      parts: [.init(name: "half", text: "x / two"), .init(name: "isLarge", text: "half > 1")],
      constants: [.init(name: "two", text: "one + one"), .init(name: "one", text: "1")],
      variables: ["x", "y"])
    #expect(formula.evaluate(Self.variables).value == 1.5)
    #expect(formula.readVariables == ["x"])
    #expect(formula.constants == ["one": 1, "two": 2])
  }

  /// What is wrong, and the part of the text that is.
  @Test(arguments: [
    ("x + z", "z", "there is no \"z\" here"), ("x +", "", "the text ends"),
    ("x + * 2", "*", "expected a number, a name or ("), ("(x", "", "expected an operator, or )"),
    ("x)", ")", "expected an operator"), ("f(x)", "f", "there is no function \"f\""),
    ("sqrt(x, y)", "sqrt(x, y)", "sqrt has 2 arguments; expected 1"),
    ("select(x, 1, 2)", "x", "this is a number"), ("x > 0", "x > 0", "is a condition"),
    ("(x > 0) + 1", "(x > 0)", "this is a condition"), ("x and y", "x", "this is a number"),
    ("sqrt", "sqrt", "is a function"),
    ("x / (1 - 1)", "/ (1 - 1)", "divides by a constant that is 0"),
    ("0 < x < 1", "<", "comparisons don't chain"), ("x ** 2", "**", "write ^"),
    ("x && y", "&&", "write and"), ("x = 1", "=", "write =="), ("1 × 2", "×", "write *"),
    ("x ? 1 : 2", "?", "write select"), ("1e999", "1e999", "isn't a finite number"),
    ("x 2", "2", "expected an operator"), ("min(x,)", ")", "expected an argument"),
    ("", "", "the text ends"),
    ("@", "@", "has no meaning"), ("x &", "&", "write and"), ("x |", "|", "write or"),
  ])
  func errors(text: String, part: String, problem: String) throws {
    let errors = try #require(throws: FormulaErrors.self) { try value(text) }
    let error = try #require(errors.all.first)
    let scalars = Array(text.unicodeScalars)
    let found = String(
      String.UnicodeScalarView(scalars[error.range.clamped(to: scalars.indices)]))
    #expect(found == part)
    #expect(error.problem.contains(problem), "\(error.problem)")
  }

  @Test func allErrorsAreTold() throws {
    let errors = try #require(throws: FormulaErrors.self) {
      try Formula(
        value: "a + u", parts: [.init(name: "u", text: "b * c"), .init(name: "min", text: "1")],
        constants: [
          .init(name: "k", text: "l"), .init(name: "l", text: "k"),
          .init(name: "2nd", text: "1"), .init(name: "n", text: "log(0)"),
        ], variables: ["x"])
    }
    #expect(
      errors.all.map { ($0.key + [$0.unknown ?? ""]).joined(separator: ".") } == [
        "constants.2nd.", "constants.n.", "constants.k.", "let.min.", "let.u.b", "let.u.c",
        "value.a",
      ])
  }

  /// Where a part that is wrong is read, nothing more is said.
  @Test func whatFollowsFromAnErrorIsNotTold() throws {
    let errors = try #require(throws: FormulaErrors.self) {
      try value("select(nothing, sqrt(nothing > 0), 1) + 1")
    }
    #expect(errors.all.count == 2)
  }

  @Test func whatIsTooLargeIsRefused() throws {
    func problem(_ text: String, parts: [Formula.Part] = []) throws -> String {
      let errors = try #require(throws: FormulaErrors.self) {
        try Formula(value: text, parts: parts, variables: ["x"])
      }
      return errors.all.last?.problem ?? ""
    }
    let brackets =
      String(repeating: "(", count: 10_000) + "x" + String(repeating: ")", count: 10_000)
    #expect(try problem(brackets).contains("longer than"))
    #expect(try problem(String(brackets.dropFirst(9_000).dropLast(9_000))).contains("nests deeper"))
    #expect(try problem(String(repeating: "-", count: 1_000) + "x").contains("nests deeper"))
    #expect(try problem(String(repeating: "x + ", count: 250_000) + "x").contains("longer than"))
    #expect(try problem(String(repeating: "x+", count: 4_000) + "x").contains("more than"))
    let many = (0..<100_000).map { Formula.Part(name: "u\($0)", text: "x") }
    #expect(try problem("x", parts: many).contains("100000 names"))
    // As deep as operations may be, and freed again.
    let chain = (0..<900).map {
      Formula.Part(name: "u\($0)", text: $0 == 0 ? "x" : "u\($0 - 1) + x")
    }
    let formula = try Formula(value: "u899", parts: chain, variables: ["x"])
    #expect(formula.evaluate(["x": 1.0]).value == 900)
    let traced = formula.evaluate(["x": Dual(TracedValue(variable: "x"), Derivatives(first: 1))])
    #expect(traced.value.derivatives.first != nil)
  }
}
