import LossKit
import TestSupport
import Testing

/// The whole objective against the reference implementations, on recorded samples.
///
/// Assignments must be identical; losses agree to 1e-5 relative, gradients to 1e-5 of the largest.
struct ReferenceObjectiveTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let file: String
    let recipe: String
    var testDescription: String { file }
  }

  static let cases = [
    Case(file: "objective_torchvision", recipe: "faster_rcnn_torchvision"),
    Case(file: "objective_torchvision_empty", recipe: "faster_rcnn_torchvision"),
    Case(file: "objective_tf", recipe: "faster_rcnn_tf"),
    Case(file: "objective_tf_zero_overlap", recipe: "faster_rcnn_tf"),
    Case(file: "objective_pytorch", recipe: "faster_rcnn_pytorch"),
  ]

  @Test(arguments: cases)
  func `priors, assignments and box targets are those of the reference`(case: Case) throws {
    let (file, objective) = try load(`case`)
    let targets = try objective.targets(
      for: try DetectionBatch(file), predictions: try file.predictions(objective.predictionNames))
    let priors = try file.floats(named: "expected/rpn.priors")
    #expect(targets[0].images[0].priors.flatMap(\.coordinates) == priors.elements)

    for stage in targets {
      let expected = try file.integers(named: "expected/\(stage.stage).assigned").elements
      #expect(stage.images.flatMap { $0.assignment.matches.map(Int.init) } == expected)

      let boxTargets = try file.floats(named: "expected/\(stage.stage).box_targets").elements
      var start = 0
      for image in stage.images {
        #expect(!image.sampled.isEmpty)
        for (prior, target) in zip(image.positives, image.boxTargets) {
          for column in 0..<4 {
            let wanted = boxTargets[(start + prior) * 4 + column]
            #expect(abs(target[column] - wanted) <= 2e-6 * max(1, abs(wanted)))
          }
        }
        start += image.priors.count
      }
    }
  }

  @Test(arguments: cases)
  func `losses and gradients are those of the reference`(case: Case) throws {
    let (file, objective) = try load(`case`)
    let predictions = try file.predictions(objective.predictionNames)
    let result = try objective.evaluate(
      predictions,
      against: try objective.targets(for: try DetectionBatch(file), predictions: predictions))

    #expect(result.terms.map(\.name) == ["rpn_cls", "rpn_box", "rcnn_cls", "rcnn_box"])
    for term in result.terms {
      let expected = try file.doubles(named: "expected/\(term.name)").elements[0]
      #expect(abs(term.value - expected) <= 1e-5 * abs(expected), "\(term.name)")
    }
    #expect(result.gradients.count == 4)
    for (name, gradient) in result.gradients {
      let expected = try file.floats(named: "expected/gradient.\(name)")
      #expect(gradient.shape == expected.shape)
      let largest = expected.elements.map(abs).max() ?? 0
      let error = zip(gradient.elements, expected.elements).map { abs($0 - $1) }.max() ?? 0
      #expect(largest > 0)
      #expect(error <= 1e-5 * largest, "\(name)")
    }
  }

  @Test(arguments: cases)
  func `the bits are the same on every number of threads`(case: Case) throws {
    let (file, objective) = try load(`case`)
    let predictions = try file.predictions(objective.predictionNames)
    let targets = try objective.targets(for: try DetectionBatch(file), predictions: predictions)
    let one = try objective.evaluate(predictions, against: targets, workers: Workers(1))
    for count in [2, 3] {
      let other = try objective.evaluate(predictions, against: targets, workers: Workers(count))
      #expect(other.total.bitPattern == one.total.bitPattern)
      #expect(other.gradients == one.gradients)
    }
  }

  private func load(_ case: Case) throws -> (SafetensorsFile, DetectionObjective) {
    let recorded = try ["rpn", "rcnn"].map {
      try JSONSetting(parsing: "stages.\($0).sampler=recorded")
    }
    let recipe = try DetectionRecipe(
      contentsOf: Reference.path("Configs/recipes/\(`case`.recipe).json"), settings: recorded,
      registry: try Registry.builtIn())
    return (try Reference.open(`case`.file), recipe.objective)
  }
}
