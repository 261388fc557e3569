import LossKernels
import SeededNumbers
import Testing

/// Blocks of every length that leaves lanes empty, from starts that aren't aligned.
@Suite struct EvaluateRowsTests {
  /// Value |x − y| (x − y), derivative 2 |x − y|.
  private static func formula<Value: FormulaValue>(
    _ x: Value, _ y: Value
  ) -> (value: Value, derivative: Value) {
    let difference = x - y
    return (.abs(difference) * difference, 2 * .abs(difference))
  }

  /// What a pass writes and adds up, with one element of room before and behind.
  private struct Results {
    var values: [Float]
    var gradient: [Float]
    var sum = BlockSum(value: 0, isFinite: false)

    init(
      _ x: [Float], against y: [Float] = [], classes: [Int32] = [], weights: [Float] = [],
      width: Int, valuesPerRow: Int, from offset: Int = 0,
      _ evaluate: (inout LossBlock<Float>) -> Void
    ) {
      let rows = (x.count - offset) / width
      values = [Float](repeating: .nan, count: rows * valuesPerRow + 2)
      gradient = [Float](repeating: .nan, count: rows * width + 2)
      sum = values.withUnsafeMutableBufferPointer { values in
        gradient.withUnsafeMutableBufferPointer { gradient in
          var valueSpan = MutableSpan(
            _unsafeElements: .init(rebasing: values[1..<values.count - 1]))
          var gradientSpan = MutableSpan(
            _unsafeElements: .init(rebasing: gradient[1..<gradient.count - 1]))
          return evaluateRows(
            x.span.extracting(offset...), targets: y.span.extracting(min(offset, y.count)...),
            classes: classes.span, width: width, valuesPerRow: valuesPerRow, weights: weights.span,
            scale: 0.5, values: &valueSpan, gradient: &gradientSpan, evaluate)
        }
      }
    }

    /// Checks what was written, and that nothing was before or behind.
    func check(values expected: [Float], gradient expectedGradient: [Float]) {
      #expect(sum.isFinite)
      #expect(sum.value == expected.reduce(0) { $0 + Double($1) })
      #expect(Array(values.dropFirst().dropLast()) == expected)
      #expect(Array(gradient.dropFirst().dropLast()) == expectedGradient)
      #expect(values[0].isNaN && values[values.count - 1].isNaN)
      #expect(gradient[0].isNaN && gradient[gradient.count - 1].isNaN)
    }
  }

  @Test(
    arguments: [1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 100, 1023, 1024, 1025, 2100],
    [(1, 0), (1, 3), (3, 1), (20, 5)])
  func evaluatesElementsAsALoopDoes(rows: Int, shape: (width: Int, offset: Int)) {
    let (width, offset) = shape
    let count = rows * width
    var generator = SeededGenerator(seed: UInt64(count * 10 + offset))
    let (x, y, w) = (
      generator.wholeNumbers(count + offset), generator.wholeNumbers(count + offset),
      generator.wholeNumbers(count)
    )
    for weights in [[], w] {
      let results = Results(
        x, against: y, weights: weights, width: width, valuesPerRow: width, from: offset
      ) { block in block.evaluateElements { Self.formula($0, $1) } }
      let expected = (0..<count).map { Self.formula(x[offset + $0], y[offset + $0]) }
      let factors = weights.isEmpty ? [Float](repeating: 1, count: count) : w
      results.check(
        values: zip(expected, factors).map { $0.value * $1 },
        gradient: zip(expected, factors).map { $0.derivative * $1 * 0.5 })
    }
  }

  /// One value a row, the sum of its elements times the target's, by what authors of losses get.
  @Test(arguments: [1, 3, 16, 17, 50, 300], [1, 2, 3, 4, 5, 15, 16, 17, 40])
  func weighsRowsAsALoopDoes(rows: Int, width: Int) {
    var generator = SeededGenerator(seed: UInt64(rows * 100 + width))
    let (x, y) = (generator.wholeNumbers(rows * width), generator.wholeNumbers(rows * width))
    let w = generator.wholeNumbers(rows)
    for weights in [[], w] {
      let results = Results(x, against: y, weights: weights, width: width, valuesPerRow: 1) {
        block in
        let width = block.width
        block.withSpans { predictions, targets, classes, values, derivatives in
          #expect(classes.count == 0)
          for index in predictions.indices {
            values[index / width] += predictions[index] * targets[index]
            derivatives[index] = targets[index]
          }
        }
      }
      let factors = weights.isEmpty ? [Float](repeating: 1, count: rows) : w
      results.check(
        values: (0..<rows).map { row in
          factors[row] * (row * width..<(row + 1) * width).reduce(0) { $0 + x[$1] * y[$1] }
        },
        gradient: y.indices.map { y[$0] * factors[$0 / width] * 0.5 })
    }
  }

  @Test func whatWeighsNothingIsZeroEvenIfItIsInfinite() {
    for width in [1, 4, 5, 16] {
      let x = [Float](repeating: 1, count: 3 * width)
      let results = Results(x, against: x, weights: [0, 2, 0], width: width, valuesPerRow: 1) {
        block in
        block.withSpans { _, _, _, values, derivatives in
          for row in [0, 2] {
            values[row] = .infinity
            for column in 0..<width { derivatives[row * width + column] = .nan }
          }
        }
      }
      results.check(
        values: [0, 0, 0], gradient: [Float](repeating: 0, count: 3 * width))
    }
  }

  @Test(arguments: [1, 2, 3, 5, 16, 20])
  func readsANumberOfEachColumn(width: Int) {
    let columns = (0..<width).map { Double($0 + 1) }
    var generator = SeededGenerator(seed: UInt64(width))
    let x = generator.wholeNumbers(width * 70)
    let results = Results(x, against: x, width: width, valuesPerRow: width) { block in
      block.evaluateElements(columns: columns) { x, _, column in (x * column, column) }
    }
    results.check(
      values: x.indices.map { x[$0] * Float($0 % width + 1) },
      gradient: x.indices.map { Float($0 % width + 1) * 0.5 })
  }

  @Test(arguments: [1, 16, 17, 40], [Float.nan, .infinity, -.infinity])
  func findsEachNumberThatIsNotFinite(count: Int, wrong: Float) {
    for index in 0..<count {
      for isTarget in [false, true] {
        var x = [Float](repeating: 1, count: count)
        var y = x
        if isTarget { y[index] = wrong } else { x[index] = wrong }
        let results = Results(x, against: y, width: 1, valuesPerRow: 1) { block in
          block.evaluateElements { x, _ in (.select(x > 0, 1, else: 0), 0) }
        }
        #expect(!results.sum.isFinite)
      }
    }
  }

  @Test func finiteNumbersWhoseSumOverflowsAreFinite() {
    let x = [Float](repeating: .greatestFiniteMagnitude, count: 100)
    let results = Results(x, against: x, width: 1, valuesPerRow: 1) { block in
      block.evaluateElements { x, y in (x - y, 0) }
    }
    #expect(results.sum.isFinite)
  }

  @Test(arguments: [(3, 2, 0), (4, 2, 3), (4, 3, 0)])
  func refusesWhatDoesNotFit(predictions: Int, width: Int, weights: Int) {
    var values: [Float] = []
    var gradient: [Float] = []
    var valueSpan = values.mutableSpan
    var gradientSpan = gradient.mutableSpan
    let x = [Float](repeating: 1, count: predictions)
    let sum = evaluateRows(
      x.span, targets: x.span, classes: Span(), width: width, valuesPerRow: 1,
      weights: [Float](repeating: 1, count: weights).span, scale: 1, values: &valueSpan,
      gradient: &gradientSpan
    ) { _ in }
    #expect(!sum.isFinite)
  }
}
