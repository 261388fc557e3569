import LossKit
import Testing

/// A class that the loss leaves out.
struct IgnoredClassTests {
  @Test func `rows of an ignored class have no loss and no weight`() throws {
    let scene = Scene(matches: [[0, -1, -1], [1, -2, 0]], labels: [[1], [2, 1]])
    let loss = try SoftmaxCrossEntropyLoss(["ignore_index": 0])
    let scores = try Tensor(repeating: 0.0, shape: [6, 4])
    func evaluate(_ normalizer: Normalizer) throws -> ObjectiveResult<Double> {
      try scene.evaluate(
        [try .of("x", layout: "r c", target: .class, loss, normalizer)], ["x": scores])
    }
    // Each of the three rows that are left has a probability of 1/4 for its class.
    let byWeights = try evaluate(Normalizer(.weights))
    #expect(byWeights.terms[0].divisors == [3])
    #expect(agree(byWeights.total, Double.log(4)))
    let bySampled = try evaluate(Normalizer(.sampled))
    #expect(bySampled.terms[0].divisors == [5])
    #expect(agree(bySampled.total, 3 * Double.log(4) / 5))
    let byRows = try evaluate(Normalizer(.rows))
    #expect(byRows.terms[0].divisors == [3])
    #expect(byRows.total == byWeights.total)
    let byRowsOfImages = try evaluate(Normalizer(.rows, per: .image))
    #expect(byRowsOfImages.terms[0].divisors == [1, 2])
    #expect(agree(byRowsOfImages.total, Double.log(4)))
    let gradient = try #require(byWeights.gradients["x"]).elements
    let scored = (0..<6).filter { row in
      gradient[4 * row..<4 * row + 4].contains { $0 != 0 }
    }
    #expect(scored == [0, 3, 5])
  }
}
