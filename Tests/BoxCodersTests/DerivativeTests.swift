import LossKit
import TestSupport
import Testing

/// The derivatives of decoded boxes by the numbers that they are decoded from.
struct DerivativeTests {
  static let coders: [any BoxCoder] = deltasAndDistances + shares
  private static let shares: [any BoxCoder] =
    [
      try? DeltaBoxCoder(["clip_both": true]) as any BoxCoder,
      try? DeltaBoxCoder(["center_clip": 32]) as any BoxCoder,
      try? TBLRBoxCoder() as any BoxCoder,
      try? TBLRBoxCoder(["normalize": false]) as any BoxCoder,
      try? NormalizedBoxCoder() as any BoxCoder,
    ].compactMap(\.self)
  private static let deltasAndDistances: [any BoxCoder] =
    [
      try? DeltaBoxCoder(), try? DeltaBoxCoder(["stds": [0.1, 0.1, 0.2, 0.2]]),
    ].compactMap(\.self)
    + DistanceBoxCoderTests.activations.flatMap { activation in
      [false, true].compactMap {
        try? DistanceBoxCoderTests.coder(activation, normalize: $0)
      }
    }

  /// Decoded rows, and for each of the four coordinates the derivatives of all rows.
  private func decode(
    _ numbers: [Double], relativeTo priors: [Double], _ coder: any BoxCoder
  ) -> (boxes: [Double], derivatives: [Double]) {
    var boxes = [Double](repeating: 0, count: numbers.count)
    var derivatives = [Double](repeating: 0, count: 4 * numbers.count)
    var boxSpan = boxes.mutableSpan
    var derivativeSpan = derivatives.mutableSpan
    coder.decodeDouble(
      numbers.span, relativeTo: priors.span, boxes: &boxSpan, derivatives: &derivativeSpan)
    return (boxes, derivatives)
  }

  /// Eleven rows: whole vectors and what is left over.
  @Test(arguments: coders.indices) func `they are central differences`(index: Int) throws {
    let coder = Self.coders[index]
    #expect(Self.coders.count == 13)
    var random = SeededGenerator(seed: 54)
    let rows = 11
    let priors: [Double] = random.boxes(rows, within: 100, sides: 4...40).rows()
    // Away from where a formula has a kink: 0, and the clips at 4.1 and 10.
    var numbers = (0..<4 * rows).map { _ in
      Double.random(in: 0.1...3, using: &random) * (Bool.random(using: &random) ? 1 : -1)
    }
    numbers.replaceSubrange(0..<4, with: [12, -12, 30, -30])
    let (boxes, derivatives) = decode(numbers, relativeTo: priors, coder)
    let step = 1e-5
    for column in 0..<4 {
      func moved(by step: Double) -> [Double] {
        let places = stride(from: column, to: numbers.count, by: 4)
        var numbers = numbers
        for place in places { numbers[place] += step }
        return decode(numbers, relativeTo: priors, coder).boxes
      }
      let (ahead, behind) = (moved(by: step), moved(by: -step))
      for row in 0..<rows {
        for coordinate in 0..<4 {
          let place = 4 * row + coordinate
          let difference = (ahead[place] - behind[place]) / (2 * step)
          let derivative = derivatives[coordinate * 4 * rows + 4 * row + column]
          let size = max(1, abs(difference), abs(boxes[place]))
          #expect(
            abs(derivative - difference) <= 1e-8 * size,
            "row \(row), coordinate \(coordinate) by \(column)")
        }
      }
    }
  }

  @Test func `what is held has no derivative`() throws {
    let prior: [Double] = [0, 0, 8, 8]
    let exponential = try DistanceBoxCoderTests.coder("exp", normalize: true)
    let held = decode([12, 1e30, -1e30, -800], relativeTo: prior, exponential)
    #expect(held.derivatives.allSatisfy { $0 == 0 })
    let positive = try DistanceBoxCoderTests.coder("relu", normalize: true)
    let cut = decode([-1, -1e30, 2, 1e30], relativeTo: prior, positive)
    #expect(cut.derivatives == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 8])
  }

  /// Sixteen rows fill a vector of Float, eight one of Double.
  @Test(arguments: coders.indices) func `rows are the same whatever their number`(index: Int) {
    let coder = Self.coders[index]
    var random = SeededGenerator(seed: 55)
    let all = 40
    let priors: [Float] = random.boxes(all, within: 100, sides: 4...40).rows()
    let numbers = (0..<4 * all).map { _ in Float.random(in: -3...3, using: &random) }
    func decode(_ rows: Range<Int>, derivatives count: Int) -> (boxes: [Float], by: [Float]) {
      var boxes = [Float](repeating: .nan, count: 4 * rows.count)
      var derivatives = [Float](repeating: .nan, count: count)
      var boxSpan = boxes.mutableSpan
      var derivativeSpan = derivatives.mutableSpan
      coder.decodeFloat(
        numbers[4 * rows.lowerBound..<4 * rows.upperBound].span,
        relativeTo: priors[4 * rows.lowerBound..<4 * rows.upperBound].span, boxes: &boxSpan,
        derivatives: &derivativeSpan)
      return (boxes, derivatives)
    }
    let whole = decode(0..<all, derivatives: 16 * all)
    let doubles = self.decode(
      numbers.map { Double($0) }, relativeTo: priors.map { Double($0) }, coder)
    for count in [0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33] {
      let rows = all - count..<all
      let part = decode(rows, derivatives: 16 * count)
      #expect(part.boxes.elementsEqual(whole.boxes.suffix(4 * count)), "\(count) rows")
      #expect(decode(rows, derivatives: 0).boxes == part.boxes, "\(count) rows")
      let double = self.decode(
        numbers.suffix(4 * count).map { Double($0) },
        relativeTo: priors.suffix(4 * count).map { Double($0) }, coder)
      #expect(double.boxes.elementsEqual(doubles.boxes.suffix(4 * count)), "\(count) rows")
      for coordinate in 0..<4 {
        func plane<Number>(_ derivatives: [Number], _ rows: Int) -> ArraySlice<Number> {
          derivatives[4 * rows * coordinate..<4 * rows * (coordinate + 1)].suffix(4 * count)
        }
        #expect(plane(part.by, count).elementsEqual(plane(whole.by, all)), "\(count) rows")
        #expect(
          plane(double.derivatives, count).elementsEqual(plane(doubles.derivatives, all)),
          "\(count) rows")
      }
    }
    // Derivatives of too few rows: nothing is written.
    let untouched = decode(0..<3, derivatives: 47).boxes
    #expect(untouched.allSatisfy { $0.isNaN })
  }
}
