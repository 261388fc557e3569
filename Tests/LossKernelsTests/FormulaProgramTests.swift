import LossKernels
import SeededNumbers
import Testing

/// Programs do two operations at once where they can, in an order of their own.
@Suite struct FormulaProgramTests {
  /// Graphs whose steps are read by many others, so that operations that could be joined are in each other's way.
  @Test func sharedStepsKeepTheirBits() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<1_000 {
      let graph = RandomGraph(using: &generator)
      let variables = [TracedValue(variable: "x"), TracedValue(variable: "y")]
      let program = FormulaProgram<Float>(graph.evaluate(variables), of: ["x", "y"])
      let columns = (0..<2).map { _ in
        (0..<21).map { _ in Float.random(in: -2...2, using: &generator) }
      }
      let results = program.evaluate(columns)
      for row in 0..<21 {
        let expected = graph.evaluate([columns[0][row], columns[1][row]])
        for (result, expected) in zip(results, expected) {
          #expect(result[row] == expected || (result[row].isNaN && expected.isNaN))
        }
      }
    }
  }
}

/// Steps that read any of those before them, of which three are results.
private struct RandomGraph {
  private var steps: [(kind: Int, operands: [Int])] = []
  private var results: [Int] = []

  init(using generator: inout SeededGenerator) {
    for step in 0..<30 {
      let operands = (0..<4).map { _ in
        Int.random(in: max(0, step - 6)..<step + 2, using: &generator)
      }
      steps.append((Int.random(in: 0..<16, using: &generator), operands))
    }
    results = (0..<3).map { _ in Int.random(in: 20..<32, using: &generator) }
  }

  func evaluate<Value: FormulaValue>(_ variables: [Value]) -> [Value] {
    var values = variables
    for (kind, operands) in steps {
      let x = operands.map { values[$0] }
      let value: Value =
        switch kind {
        case 0: x[0] + x[1]
        case 1: x[0] - x[1]
        case 2, 3: x[0] * x[1]
        case 4: .abs(x[0])
        case 5: .select(x[0] > 0, 1, else: .select(x[0] < 0, -1, else: 0))
        // The same number in other forms, and functions that share their exponential.
        case 6: -x[0]
        case 7: -1 * x[0]
        case 8: x[0] + x[0]
        case 9: .sigmoid(x[0])
        case 10: .sigmoid(-.abs(x[0]))
        case 11: .softplus(x[0])
        case 12: x[0] - x[1] / x[2]
        // Few comparisons, so that many choose by the same one.
        case 13: .select(values[0] < values[1], x[0], else: x[1])
        case 14:
          .select(
            values[0] < values[1], x[0],
            else: .select(x[1] > 0, 1, else: .select(x[1] < 0, -1, else: 0)))
        default: .select(values[1] <= values[0], x[0], else: x[1])
        }
      values.append(value)
    }
    return results.map { values[$0] }
  }
}
