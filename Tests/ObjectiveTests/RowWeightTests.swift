import LossKit
import Testing

/// Row weights multiply what a row costs, and its gradient.
struct RowWeightTests {
  /// For each row of a term on `scene`, whose priors are the rows of the prediction, the number of its prior
  /// if it is a positive, counted from 1; else 0.
  private func weights(of scene: Scene) -> [Double] {
    scene.matches.flatMap { matches in
      matches.enumerated().map { $0.element >= 0 ? Double($0.offset + 1) : 0 }
    }
  }

  @Test(arguments: [RowScope.positives, .sampled], [nil, [1, 0.5, 0, -2]] as [[Double]?])
  func `values and gradients are multiplied, beside outside weights`(
    scope: RowScope, outside: [Double]?
  ) throws {
    let scene = Scene(priors: [7, 9], classes: 3, seed: 31)
    let prediction = try randomTensor([16, 4], seed: 32)
    func evaluate(_ rowWeight: (any RowWeight)?) throws -> ObjectiveResult<Double> {
      let term = try Term.of(
        "x", layout: "r c", target: .box, try SmoothL1Loss(["beta": 0.5]), outsideWeights: outside,
        rowWeight: rowWeight)
      return try scene.evaluate([term], ["x": prediction])
    }
    let plain = try #require(try evaluate(nil).gradients["x"]).elements
    let weighted = try evaluate(NumberedWeight(scope: scope))
    let found = try #require(weighted.gradients["x"]).elements
    let weights = weights(of: scene)
    #expect(weights.filter { $0 > 1 }.count > 4)
    #expect(found.indices.allSatisfy { agree(found[$0], weights[$0 / 4] * plain[$0]) })

    var value = 0.0
    for row in 0..<16 {
      let (image, prior) = row < 7 ? (0, row) : (1, row - 7)
      guard let target = try scene.boxTarget(image: image, prior: prior) else { continue }
      for column in 0..<4 {
        let x = abs(prediction.elements[4 * row + column] - Double(target[column]))
        value += weights[row] * (outside?[column] ?? 1) * (x < 0.5 ? x * x : x - 0.25)
      }
    }
    #expect(agree(weighted.terms[0].value, value))
  }

  @Test func `a row is weighted as a whole, whatever its loss makes of it`() throws {
    let scene = Scene(matches: [[0, -1, -2, 0]], labels: [[2]])
    let scores = try randomTensor([4, 3], seed: 33)
    let losses: [any Loss] = [try SoftmaxCrossEntropyLoss(), try BCEWithLogitsLoss()]
    for loss in losses {
      func evaluate(_ rowWeight: (any RowWeight)?) throws -> ObjectiveResult<Double> {
        try scene.evaluate(
          [try .of("x", layout: "r c", target: .class, loss, rowWeight: rowWeight)], ["x": scores])
      }
      let plain = try #require(try evaluate(nil).gradients["x"]).elements
      let found = try #require(
        try evaluate(NumberedWeight(scope: .sampled)).gradients["x"]
      ).elements
      #expect(plain[3..<6].contains { $0 != 0 })
      for (element, weight) in [1.0, 1, 1, 2, 2, 2, 0, 0, 0, 4, 4, 4].enumerated() {
        #expect(agree(found[element], weight * plain[element]))
      }
    }
  }

  @Test func `the normalizer weights counts them`() throws {
    let scene = Scene(matches: [[0, -1, 0], [0, -1, -1]], labels: [[1], [1]])
    let weight = NumberedWeight(scope: .sampled)
    let zeros = try Tensor(repeating: 0.0, shape: [6, 4])
    func divisors(_ outside: [Double]?) throws -> [Double] {
      let term = try Term.of(
        "x", layout: "r c", target: .box, try L1Loss(), Normalizer(.weights, per: .image),
        outsideWeights: outside, rowWeight: weight)
      return try scene.evaluate([term], ["x": zeros]).terms[0].divisors
    }
    // 1 + 3 and 1, of four values each.
    #expect(try divisors(nil) == [16, 4])
    #expect(try divisors([1, 0.5, 0, 2]) == [14, 3.5])
    let decoded = try Term.of(
      "x", layout: "r c", target: .decodedBox, try GIoULoss(), Normalizer(.weights, per: .image),
      rowWeight: weight)
    #expect(try scene.evaluate([decoded], ["x": zeros]).terms[0].divisors == [4, 1])
  }

  @Test func `levels are the rows of one tensor, one after the other`() throws {
    let scene = Scene(priors: [PyramidTests.priors, PyramidTests.priors], classes: 3, seed: 34)
    let boxes = try randomTensor([2, PyramidTests.priors, 4], in: 0.3, seed: 35)
    func term(_ predictions: [String], _ layout: String) throws -> Term {
      Term(
        name: "box", predictions: predictions, layout: try Layout(layout), target: .decodedBox,
        loss: try GIoULoss(), normalizer: Normalizer(.rowWeight(try CenternessWeight([:]))),
        rowWeight: NumberedWeight(scope: .positives))
    }
    let whole = try scene.evaluate([try term(["all"], "n p c")], ["all": boxes])
    let names = ["p3", "p4", "p5"]
    var predictions: [String: Tensor<Double>] = [:]
    for level in 0..<3 { predictions[names[level]] = try PyramidTests.level(level, of: boxes) }
    let levels = try scene.evaluate(
      priorsPerCell: PyramidTests.perCell, [try term(names, "n (a c) h w")], predictions)
    #expect(whole.terms[0].divisors[0] > 0)
    #expect(levels.terms[0].divisors == whole.terms[0].divisors)
    #expect(agree(levels.terms[0].value, whole.terms[0].value))
    let expected = try #require(whole.gradients["all"])
    for level in 0..<3 {
      #expect(
        try levels.gradients[names[level]] == PyramidTests.level(level, of: expected))
    }
  }

  @Test func `weights that are too large are named`() throws {
    let scene = Scene(matches: [[0]], labels: [[1]])
    let term = try Term.of(
      "x", layout: "r c", target: .box, try L2Loss(),
      rowWeight: NumberedWeight(scope: .positives, factor: 1e38))
    #expect(
      complaint {
        try scene.evaluate([term], ["x": try Tensor(repeating: Float(1e10), shape: [1, 4])])
      } == "stage stage, term x, image 0: the loss or its gradient is not finite; the values of "
        + "prediction \"x\" or the weights are too large for it")
  }

  @Test func `weights of positives don't go with rows of background`() throws {
    let scene = Scene(priors: [3], classes: 1, seed: 1)
    let term = try Term.of(
      "x", layout: "r", target: .objectness, try BCEWithLogitsLoss(),
      rowWeight: NumberedWeight(scope: .positives))
    #expect(
      complaint { try scene.objective([term]) }
        == "stage stage, term x, row_weight: \"numbered\" weighs positives alone, but a objectness "
        + "target has rows of background too")
  }
}
