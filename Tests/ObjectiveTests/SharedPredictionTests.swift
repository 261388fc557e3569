import LossKit
import Testing

/// Several terms that read the same tensor.
struct SharedPredictionTests {
  let scene = Scene(priors: [9, 6], classes: 2, seed: 2)

  @Test func `their gradients add up`() throws {
    let first = try Term.of(
      "x", layout: "r c", target: .box, try L1Loss(), Normalizer(.positives), weight: 2)
    var second = try Term.of(
      "x", layout: "r c", target: .class, try BCEWithLogitsLoss(), Normalizer(.sampled))
    second = Term(
      name: "other", predictions: second.predictions, layout: second.layout,
      target: second.target, loss: second.loss, normalizer: second.normalizer)
    let predictions = ["x": try randomTensor([15, 4], seed: 3)]
    let both = try scene.evaluate([first, second], predictions)
    let parts = try [first, second].map { try scene.evaluate([$0], predictions) }
    #expect(both.total == parts[0].total + parts[1].total)
    #expect(both.gradients.count == 1)
    let gradients = try parts.map { try #require($0.gradients["x"]).elements }
    #expect(gradients.allSatisfy { $0.contains { $0 != 0 } })
    #expect(both.gradients["x"]?.elements == zip(gradients[0], gradients[1]).map(+))
  }

  @Test func `so do those of two stages`() throws {
    let term = try Term.of("x", layout: "r", target: .objectness, try L2Loss())
    let other = Scene(priors: [9, 6], classes: 2, seed: 3)
    let objective = try DetectionObjective(
      name: "two", stages: [try scene.stage("one", [term]), try other.stage("two", [term])])
    #expect(objective.predictionNames == ["x"])
    let predictions = ["x": try randomTensor([15], seed: 4)]
    let both = try objective.evaluate(
      predictions,
      against: try objective.targets(for: scene.batch, predictions: predictions))
    let parts = try [scene, other].map { try $0.evaluate([term], predictions) }
    #expect(both.total == parts[0].total + parts[1].total)
    let gradients = parts.compactMap { $0.gradients["x"]?.elements }
    #expect(both.gradients["x"]?.elements == zip(gradients[0], gradients[1]).map(+))
  }

  @Test func `tensors that no term reads have no gradient`() throws {
    let term = try Term.of("x", layout: "r", target: .objectness, try L2Loss())
    let x = try randomTensor([15], seed: 4)
    let result = try scene.evaluate([term], ["x": x, "unread": Tensor([.nan])])
    #expect(Array(result.gradients.keys) == ["x"])
  }

  @Test func `without gradients there are none`() throws {
    let term = try Term.of("x", layout: "r", target: .objectness, try L2Loss())
    let predictions = ["x": try randomTensor([15], seed: 4)]
    let objective = try scene.objective([term])
    let targets = try objective.targets(for: scene.batch, predictions: predictions)
    let result = try objective.evaluate(predictions, against: targets, gradients: false)
    #expect(result.gradients.isEmpty)
    #expect(result.terms[0].gradientNorm == nil)
    #expect(result.total == (try objective.evaluate(predictions, against: targets).total))
  }

  @Test func `a stage without targets is left out`() throws {
    let x = try Term.of("x", layout: "r", target: .objectness, try L2Loss())
    let y = try Term.of("y", layout: "r", target: .objectness, try L2Loss())
    let objective = try DetectionObjective(
      name: "two", stages: [try scene.stage("one", [x]), try scene.stage("two", [y])])
    let targets = try objective.targets(ofStage: "two", for: scene.batch)
    let result = try objective.evaluate(["y": try randomTensor([15], seed: 4)], against: [targets])
    #expect(result.terms.map(\.name) == ["y"])
    #expect(result.terms.map(\.stage) == ["two"])
  }
}
