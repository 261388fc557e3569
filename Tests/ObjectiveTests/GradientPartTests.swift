import LossKit
import Testing

/// What positives and background contribute to a term's gradient.
struct GradientPartTests {
  @Test func `the parts are the norms over their rows`() throws {
    let scene = Scene(matches: [[0, -1, -1], [1, -2, 0]], labels: [[1], [2, 1]])
    let scores = try randomTensor([6, 4], seed: 5)
    let result = try scene.evaluate(
      [
        try .of(
          "x", layout: "r c", target: .class, try SoftmaxCrossEntropyLoss([:]), Normalizer(.sampled)
        )
      ], ["x": scores])
    let gradient = try #require(result.gradients["x"]).elements
    func norm(_ rows: [Int]) -> Double {
      let squares = rows.map { row in
        gradient[4 * row..<4 * row + 4].reduce(0) { $0 + $1 * $1 }
      }
      return squares.reduce(0, +).squareRoot()
    }
    let term = result.terms[0]
    #expect(norm([0, 3, 5]) > 0.1 && norm([1, 2]) > 0.1)
    #expect(agree(try #require(term.positiveGradientNorm), norm([0, 3, 5])))
    #expect(agree(try #require(term.negativeGradientNorm), norm([1, 2])))
  }

  @Test func `a term over positives has no other part`() throws {
    let scene = Scene(priors: [9, 6], classes: 2, seed: 2)
    let term = Term(
      name: "box", predictions: ["x"], layout: try Layout("r c"), target: .box, loss: try L1Loss(),
      normalizer: Normalizer(.positives))
    let result = try scene.evaluate([term], ["x": try randomTensor([15, 4], seed: 3)]).terms[0]
    #expect(result.positiveGradientNorm == result.gradientNorm)
    #expect(result.negativeGradientNorm == 0)
  }
}
