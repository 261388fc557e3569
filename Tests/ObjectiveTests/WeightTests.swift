import LossKit
import Testing

/// The weights of terms and of coordinates.
struct WeightTests {
  let scene = Scene(priors: [7, 9], classes: 3, seed: 11)

  @Test func `a term's weight multiplies its part and its gradient`() throws {
    let predictions = [
      "x": try randomTensor([16, 4], seed: 1), "y": try randomTensor([16], seed: 2),
    ]
    func evaluate(_ x: Double, _ y: Double) throws -> ObjectiveResult<Double> {
      try scene.evaluate(
        [
          try .of(
            "x", layout: "r c", target: .class, try SoftmaxCrossEntropyLoss(),
            Normalizer(.sampled), weight: x),
          try .of("y", layout: "r", target: .objectness, try BCEWithLogitsLoss(), weight: y),
        ], predictions)
    }
    let plain = try evaluate(1, 1)
    let weighted = try evaluate(2.5, -0.125)
    #expect(plain.total == plain.terms[0].value + plain.terms[1].value)
    #expect(weighted.terms.map(\.value) == plain.terms.map(\.value))
    #expect(weighted.terms.map(\.weight) == [2.5, -0.125])
    #expect(weighted.total == 2.5 * plain.terms[0].value - 0.125 * plain.terms[1].value)
    for (name, weight) in [("x", 2.5), ("y", -0.125)] {
      let expected = try #require(plain.gradients[name]).elements.map { weight * $0 }
      let found = try #require(weighted.gradients[name]).elements
      #expect(zip(found, expected).allSatisfy { agree($0, $1) })
    }
    #expect(try evaluate(0, 0).total == 0)
    #expect(try evaluate(0, 0).gradients["x"]?.elements.allSatisfy { $0 == 0 } == true)
  }

  /// The smooth L1 of py-faster-rcnn: inside weights before the loss, outside weights after it.
  @Test(arguments: [1.0, 3.0])
  func `inside and outside weights are those of py-faster-rcnn`(sigma: Double) throws {
    let inside = [1, 0.5, 2, -1]
    let outside = [1, 2, 0, 0.25]
    let lambda = 3.0
    let prediction = try randomTensor([16, 4], in: 2, seed: 5)
    let term = try Term.of(
      "x", layout: "r c", target: .box, try SmoothL1Loss(["sigma": .number(sigma)]),
      Normalizer(.sampled), weight: lambda, insideWeights: inside, outsideWeights: outside)
    let result = try scene.evaluate([term], ["x": prediction])

    var sum = 0.0
    var sampled = 0.0
    var derivatives = [Double](repeating: 0, count: prediction.count)
    var row = 0
    for image in scene.matches.indices {
      for prior in scene.matches[image].indices {
        if scene.label(image: image, prior: prior) != nil { sampled += 1 }
        if let target = try scene.boxTarget(image: image, prior: prior) {
          for column in 0..<4 {
            let index = 4 * row + column
            let x = inside[column] * (prediction.elements[index] - Double(target[column]))
            let isNear = abs(x) < 1 / (sigma * sigma)
            sum +=
              outside[column]
              * (isNear ? 0.5 * (sigma * x) * (sigma * x) : abs(x) - 0.5 / (sigma * sigma))
            derivatives[index] =
              outside[column] * inside[column] * (isNear ? sigma * sigma * x : x < 0 ? -1 : 1)
          }
        }
        row += 1
      }
    }
    #expect(agree(result.terms[0].value, sum / sampled))
    #expect(agree(result.total, lambda * sum / sampled))
    let found = try #require(result.gradients["x"]).elements
    #expect(derivatives.contains { $0 != 0 && abs($0) != 1 })
    #expect(zip(found, derivatives).allSatisfy { agree($0, lambda * $1 / sampled) })
  }
}
