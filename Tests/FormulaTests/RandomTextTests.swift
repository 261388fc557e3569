import Formula
import LossKernels
import SeededNumbers
import TestSupport
import Testing

/// Random texts: made by the grammar, and damaged.
@Suite struct RandomTextTests {
  @Test func programsHaveTheBitsOfTheFormula() throws {
    var texts = RandomTexts(seed: 1)
    for _ in 0..<200 {
      let text = texts.number(depth: 5)
      guard let formula = try? Formula(value: text, variables: ["x", "y"]) else { continue }
      try check(formula, over: Float.self, &texts)
      try check(formula, over: Double.self, &texts)
    }
  }

  /// Value and derivative by the first variable: by the program, and by dual numbers.
  private func check<Number: RealScalar>(
    _ formula: Formula, over _: Number.Type, _ texts: inout RandomTexts
  ) throws {
    let (x, y) = (TracedValue(variable: "x"), TracedValue(variable: "y"))
    let traced = formula.evaluate(["x": Dual(x, Derivatives(first: 1)), "y": Dual(y)]).value
    let program = FormulaProgram<Number>(
      [traced.value, traced.derivatives.first ?? 0], of: ["x", "y"])
    let columns = (0..<2).map { _ in (0..<37).map { _ in Number(texts.size(in: -3...3)) } }
    let results = program.evaluate(columns)
    for row in 0..<37 {
      let expected = formula.evaluate([
        "x": Dual(columns[0][row], Derivatives(first: 1)), "y": Dual(columns[1][row]),
      ]).value
      #expect(same(results[0][row], expected.value), "\(formula.value)")
      #expect(same(results[1][row], expected.derivatives.first ?? 0), "\(formula.value)")
    }
  }

  private func same<Number: RealScalar>(_ one: Number, _ other: Number) -> Bool {
    one == other || (one.isNaN && other.isNaN)
  }

  @Test func derivativesAreThoseOfTheValues() throws {
    var texts = RandomTexts(seed: 2)
    var checked = 0
    for _ in 0..<2_000 {
      // What is held constant has another derivative than differences show.
      let text = texts.number(depth: 4).replacing("constant(", with: "(")
      guard let formula = try? Formula(value: text, variables: ["x", "y"]) else { continue }
      let (x, y) = (texts.size(in: -3...3), texts.size(in: -3...3))
      func value(_ x: Double) -> Double { formula.evaluate(["x": x, "y": y]).value }
      let step = 1e-4
      let differences = [1.0, 2].map {
        (value(x + $0 * step) - value(x - $0 * step)) / (2 * $0 * step)
      }
      var isDefined = true
      formula.evaluate(["x": x, "y": y]) { number, _ in isDefined = isDefined && number.isFinite }
      // Smooth there, and no more than numbers of ordinary size.
      guard isDefined, differences.allSatisfy({ $0.isFinite && abs($0) < 1e3 }),
        abs(differences[0] - differences[1]) < 1e-6 * max(1, abs(differences[0]))
      else { continue }
      let derivative =
        formula.evaluate(["x": Dual(x, Derivatives(first: 1)), "y": Dual(y)])
        .value.derivatives.first ?? 0
      #expect(
        abs(derivative - differences[0]) < 1e-5 * max(1, abs(derivative)),
        "\(formula.value) at \(x), \(y)")
      checked += 1
    }
    #expect(checked > 800)
  }

  /// Whatever stands there is read or refused.
  @Test func damagedTextsNeitherCrashNorHang() { Self.read(5_000, seed: 3) }

  @Test(.long) func manyDamagedTextsNeitherCrashNorHang() { Self.read(100_000, seed: 4) }

  private static func read(_ count: Int, seed: UInt64) {
    var texts = RandomTexts(seed: seed)
    var valid = 0
    for _ in 0..<count {
      let text = texts.damaged(texts.number(depth: 3))
      do throws(FormulaErrors) {
        let formula = try Formula(value: text, variables: ["x", "y"])
        _ = formula.evaluate(["x": 0.5, "y": 2.0])
        valid += 1
      } catch {
        #expect(!error.all.isEmpty)
        for error in error.all {
          #expect(error.range.upperBound <= text.unicodeScalars.count + 1)
        }
      }
    }
    #expect(valid > count / 10 && valid < count)
  }
}

/// Texts by the grammar.
private struct RandomTexts {
  private var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  mutating func size(in range: ClosedRange<Double>) -> Double {
    Double(Float.random(in: Float(range.lowerBound)...Float(range.upperBound), using: &generator))
  }

  mutating func number(depth: Int) -> String {
    let leaves = ["x", "y", "x", "0.5", "2", "1", "pi", "0.1"]
    guard depth > 0 else { return leaves.randomElement(using: &generator) ?? "x" }
    func inner(_ self: inout RandomTexts) -> String { self.number(depth: depth - 1) }
    switch Int.random(in: 0..<16, using: &generator) {
    case 0...2: return "(\(inner(&self)) + \(inner(&self)))"
    case 3...4: return "(\(inner(&self)) - \(inner(&self)))"
    case 5...7: return "\(inner(&self)) * \(inner(&self))"
    case 8: return "\(inner(&self)) / (1 + abs(\(inner(&self))))"
    case 9: return "(\(inner(&self)))^\(Int.random(in: -2...3, using: &generator))"
    case 10: return "select(\(condition(depth: depth - 1)), \(inner(&self)), \(inner(&self)))"
    case 11: return "-\(inner(&self))"
    case 12: return "max(\(inner(&self)), \(inner(&self)))"
    default:
      let functions = [
        "abs", "exp", "log", "log1p", "sqrt", "tanh", "atan", "sigmoid", "softplus", "constant",
      ]
      return "\(functions.randomElement(using: &generator) ?? "abs")(\(inner(&self)))"
    }
  }

  private mutating func condition(depth: Int) -> String {
    let sign = ["<", "<=", ">", ">=", "==", "!="].randomElement(using: &generator) ?? "<"
    let comparison = "\(number(depth: depth)) \(sign) \(number(depth: 0))"
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: return "not (\(comparison))"
    case 1 where depth > 0: return "\(comparison) and \(condition(depth: depth - 1))"
    case 2 where depth > 0: return "\(comparison) or \(condition(depth: depth - 1))"
    default: return comparison
    }
  }

  /// The text with some bytes changed, left out or doubled; as it is sometimes.
  mutating func damaged(_ text: String) -> String {
    var bytes = Array(text.utf8)
    for _ in 0..<Int.random(in: 0...3, using: &generator) where !bytes.isEmpty {
      let index = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<3, using: &generator) {
      case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes.remove(at: index)
      default: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 8)], at: index)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
