import LossKernels
import SeededNumbers
import Testing

/// Blocks of every length that leaves lanes empty, from starts that aren't aligned.
@Suite struct ScoreElementsTests {
  /// Value w |x − y| (x − y), slope 2 w |x − y|.
  private func formula<Value: FormulaValue>(
    _ x: Value, _ y: Value
  ) -> (value: Value, slope: Value) {
    let difference = x - y
    return (.abs(difference) * difference, 2 * .abs(difference))
  }

  @Test(arguments: [0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 100], [0, 1, 3, 5])
  func scoresWhatALoopDoes(count: Int, offset: Int) {
    var generator = SeededGenerator(seed: UInt64(count * 10 + offset))
    let (x, y, w) = (
      generator.wholeNumbers(count + offset), generator.wholeNumbers(count + offset),
      generator.wholeNumbers(count + offset)
    )
    var values = [Float](repeating: .nan, count: count + offset + 1)
    var gradient = values
    let range = offset..<offset + count
    let sum = values.withUnsafeMutableBufferPointer { values in
      gradient.withUnsafeMutableBufferPointer { gradient in
        var valueBlock = MutableSpan(_unsafeElements: values[range].block)
        var gradientBlock = MutableSpan(_unsafeElements: gradient[range].block)
        return scoreElements(
          x.span.extracting(range), against: y.span.extracting(range),
          weights: w.span.extracting(range), scale: 0.5, values: &valueBlock,
          gradient: &gradientBlock
        ) { formula($0, $1) }
      }
    }

    let expected = range.map { formula(x[$0], y[$0]) }
    #expect(sum.isFinite)
    #expect(sum.value == zip(expected, w[range]).reduce(0) { $0 + Double($1.0.value * $1.1) })
    #expect(Array(values[range]) == zip(expected, w[range]).map { $0.value * $1 })
    #expect(Array(gradient[range]) == zip(expected, w[range]).map { $0.slope * $1 * 0.5 })
    // Nothing is written before or past the block.
    #expect(values[..<offset].allSatisfy(\.isNaN) && values[range.upperBound].isNaN)
    #expect(gradient[..<offset].allSatisfy(\.isNaN) && gradient[range.upperBound].isNaN)
  }

  @Test(arguments: [1, 16, 17, 40], [Float.nan, .infinity, -.infinity])
  func findsEachNumberThatIsNotFinite(count: Int, wrong: Float) {
    for index in 0..<count {
      for isTarget in [false, true] {
        var x = [Float](repeating: 1, count: count)
        var y = x
        if isTarget { y[index] = wrong } else { x[index] = wrong }
        var none: [Float] = []
        var gradient = x
        var noValues = none.mutableSpan
        var gradientSpan = gradient.mutableSpan
        let sum = scoreElements(
          x.span, against: y.span, weights: Span(), scale: 1, values: &noValues,
          gradient: &gradientSpan
        ) { x, _ in (.select(x > 0, 1, else: 0), 0) }
        #expect(!sum.isFinite)
      }
    }
  }
}

extension Slice<UnsafeMutableBufferPointer<Float>> {
  fileprivate var block: UnsafeMutableBufferPointer<Float> { .init(rebasing: self) }
}
