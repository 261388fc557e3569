import LossKit
import TestSupport
import Testing

/// Many boxes at once: vectors of them, and those that don't fill one.
@Suite struct BlockTests {
  /// Boxes with sides from 1 to 30, all numbers exact in Float.
  private func boxes(_ count: Int, seed: UInt64) throws -> Tensor<Float> {
    var random = SeededGenerator(seed: seed)
    var elements: [Float] = []
    for _ in 0..<count {
      let x = Float.random(in: 0...40, using: &random)
      let y = Float.random(in: 0...40, using: &random)
      elements += [
        x, y, x + Float.random(in: 1...30, using: &random),
        y + Float.random(in: 1...30, using: &random),
      ]
    }
    return try Tensor(shape: [count, 4], elements: elements)
  }

  private func row(_ tensor: Tensor<Float>, _ row: Int) throws -> Tensor<Float> {
    try Tensor(shape: [1, 4], elements: Array(tensor.elements[4 * row..<4 * row + 4]))
  }

  @Test(arguments: ExampleTests.allNames)
  func aBoxHasTheBitsThatItHasAlone(name: String) throws {
    let loss = try Registry.builtIn().loss(name)
    let (predictions, targets) = (try boxes(53, seed: 1), try boxes(53, seed: 2))
    let all = try loss.evaluate(predictions, targets: .dense(targets), reduction: .none)
    let values = try loss.evaluate(
      predictions, targets: .dense(targets), reduction: .none, gradient: false
    ).values
    #expect(values == all.values)
    for index in 0..<53 {
      let alone = try loss.evaluate(
        try row(predictions, index), targets: .dense(try row(targets, index)), reduction: .none)
      #expect(alone.values?.elements[0].bitPattern == all.values?.elements[index].bitPattern)
      let gradient = try row(try #require(all.gradient), index)
      #expect(alone.gradient == gradient)
    }
  }

  @Test(arguments: [0, 15, 16, 31, 47, 48, 52])
  func anInvertedTargetIsFoundAnywhere(row: Int) throws {
    let good = try boxes(53, seed: 3)
    for corner in [2, 3] {
      var bad = good
      bad.withMutableElements { $0[4 * row + corner] = $0[4 * row + corner - 2] - 0.5 }
      #expect(firstInvertedBox(bad.elements.span) == row)
      #expect(throws: InputError.self) {
        try GIoULoss().evaluate(good, targets: .dense(bad))
      }
    }
    #expect(firstInvertedBox(good.elements.span) == nil)
  }

  @Test func decodedBoxesHaveTheBitsThatTheyHaveAlone() throws {
    let coder = try DeltaBoxCoder(["stds": [0.1, 0.1, 0.2, 0.2]])
    var random = SeededGenerator(seed: 4)
    let deltas = (0..<37).map { _ in SIMD4<Float>.random(in: -2...2, using: &random) }
    let priors = (0..<37).map { Box(Float($0), 3, Float($0) + 20, 17 + Float($0)) }
    let all = coder.decode(deltas, relativeTo: priors)
    #expect(all == zip(deltas, priors).map { coder.decode($0, relativeTo: $1) })
  }
}
