import LossKit
import TestSupport
import Testing

/// Losses that remember, in an objective: all rows of a step are counted before any is evaluated, and counts go in
/// with an evaluation and come out with its result.
struct StatefulLossTests {
  /// Two images on two levels.
  private static let scene = Scene(priors: [9, 9], classes: 2, seed: 71)

  private static func loss(_ name: String) throws -> any Loss {
    try Registry.builtIn().loss(
      name, name.hasPrefix("ghm") ? ["momentum": 0.75, "bins": 5] : [:])
  }

  private static func term(_ name: String) throws -> Term {
    try Term.of("low", "high", layout: "n h w c", target: .class, try loss(name))
  }

  private static func predictions(_ columns: Int, seed: UInt64) throws -> [String: Tensor<Double>] {
    [
      "low": try randomTensor([2, 2, 3, columns], seed: seed),
      "high": try randomTensor([2, 1, 3, columns], seed: seed + 1),
    ]
  }

  @Test(arguments: ["ghm_c", "seesaw", "equalization_v2"])
  func `counts are those of all levels and images, step after step`(name: String) throws {
    let loss = try Self.loss(name)
    let columns = loss.columns(classes: 2)
    let objective = try Self.scene.objective(priorsPerCell: [1, 1], [try Self.term(name)])
    var state = ObjectiveState()
    var numbers: [Double]?
    for step in 0..<3 {
      let predictions = try Self.predictions(columns, seed: UInt64(80 + 2 * step))
      let targets = try objective.targets(for: Self.scene.batch, predictions: predictions)
      let result = try objective.evaluate(predictions, against: targets, after: state)
      // The same rows as one tensor.
      var rows: [Double] = []
      var classes: [Int] = []
      for (name, priors) in [("low", 0..<6), ("high", 6..<9)] {
        for image in 0..<2 {
          for (place, prior) in priors.enumerated() {
            guard let label = Self.scene.label(image: image, prior: prior) else { continue }
            let start = (image * priors.count + place) * columns
            rows += try #require(predictions[name]).elements[start..<start + columns]
            classes.append(label)
          }
        }
      }
      let tensor = try Tensor(shape: [classes.count, columns], elements: rows)
      let compared: LossTargets<Double> =
        loss is any ClassLoss
        ? .classes(classes.map { $0 > 0 ? $0 - 1 : 2 })
        : .dense(
          try Tensor(
            shape: tensor.shape,
            elements: classes.flatMap { label in (1...columns).map { $0 == label ? 1 : 0 } }))
      let expected = try loss.evaluate(
        tensor, targets: compared, reduction: .sum, after: numbers)
      let found = try #require(result.state.losses["stage.low high"])
      #expect(agree(result.terms[0].value, expected.value))
      #expect(zip(found, try #require(expected.state)).allSatisfy { agree($0, $1) })
      (state, numbers) = (result.state, expected.state)
    }
  }

  @Test(arguments: ["ghm_c", "seesaw", "equalization_v2"])
  func `an evaluation is a function of what it is given`(name: String) throws {
    let objective = try Self.scene.objective(priorsPerCell: [1, 1], [try Self.term(name)])
    let predictions = try Self.predictions(try Self.loss(name).columns(classes: 2), seed: 90)
      .mapValues { $0.map { Float($0) } }
    let targets = try objective.targets(for: Self.scene.batch, predictions: predictions)
    let first = try objective.evaluate(predictions, against: targets)
    let results = try (1...3).map { threads in
      try objective.evaluate(
        predictions, against: targets, after: first.state, workers: Workers(threads))
    }
    #expect(results.allSatisfy { $0.state == results[0].state && $0.total == results[0].total })
    #expect(results.allSatisfy { $0.gradients == results[0].gradients })
    #expect(first.state != results[0].state)
  }

  @Test func `a state of another class count is told with its term`() throws {
    let objective = try Self.scene.objective(priorsPerCell: [1, 1], [try Self.term("seesaw")])
    let predictions = try Self.predictions(4, seed: 95)
    let targets = try objective.targets(for: Self.scene.batch, predictions: predictions)
    let state = ObjectiveState(losses: ["stage.low high": [1, 2, 3, 4, 5]])
    #expect(
      complaint { try objective.evaluate(predictions, against: targets, after: state) }
        == "stage stage, term low high, loss: state: has 5 numbers, but seesaw remembers 3 for rows of 4 "
        + "columns; give that of the same loss on as many classes")
  }

  @Test func `columns of objectness are none of classes`() throws {
    let objective = try Self.scene.objective(priorsPerCell: [1, 1], [try Self.term("seesaw")])
    let predictions = try Self.predictions(3, seed: 96)
    let targets = try objective.targets(for: Self.scene.batch, predictions: predictions)
    #expect(
      complaint { try objective.evaluate(predictions, against: targets) }.contains(
        "label 2 is out of range for prediction \"low\", which has classes 1 to 1"))
    let term = try Self.term("seesaw")
    #expect(try term.columns(classes: 7) == 9)
    #expect(term.background == .last)
    let moved = try Term.of(
      "x", layout: "n p c", target: .class, try SeesawLoss(), background: .first)
    #expect(
      complaint { try Self.scene.objective([moved]) }
        .contains("stands last for \"seesaw\"; leave it out"))
  }

  @Test func `nobody reads the loss of a row by itself`() throws {
    let term = try Term.of("x", layout: "n p c", target: .class, try GHMClassificationLoss())
    #expect(
      complaint { try Self.scene.objective(sampler: try HardNegativeSampler(), [term]) }
        .contains("counts all rows before it evaluates one"))
  }
}
