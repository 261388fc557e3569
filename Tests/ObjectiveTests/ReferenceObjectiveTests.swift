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
    var settings: [String] = []
    /// What references round of a coordinate of a prior, and then of a box target, where these aren't the
    /// defaults: SSD's boxes are made in shares of the image, or of sides that are rounded, and are small.
    var priorRounding: Float = 0
    var targetRounding: Float = 2e-6
    var testDescription: String { file }
  }

  static let cases = [
    Case(file: "objective_torchvision", recipe: "faster_rcnn_torchvision"),
    Case(file: "objective_torchvision_empty", recipe: "faster_rcnn_torchvision"),
    Case(file: "objective_tf", recipe: "faster_rcnn_tf"),
    Case(file: "objective_tf_zero_overlap", recipe: "faster_rcnn_tf"),
    Case(file: "objective_pytorch", recipe: "faster_rcnn_pytorch"),
    Case(file: "objective_retinanet", recipe: "retinanet_torchvision"),
    Case(file: "objective_retinanet_empty", recipe: "retinanet_torchvision"),
    // mmdetection and detectron2 round octaves before they lay them out; other sides are whole numbers.
    Case(file: "objective_retinanet_mmdet", recipe: "retinanet_mmdet", priorRounding: 2e-7),
    Case(file: "objective_retinanet_mmdet_empty", recipe: "retinanet_mmdet", priorRounding: 2e-7),
    Case(
      file: "objective_retinanet_detectron2", recipe: "retinanet_detectron2", priorRounding: 2e-7),
    Case(
      file: "objective_retinanet_detectron2_empty", recipe: "retinanet_detectron2",
      priorRounding: 2e-7),
    Case(file: "objective_fcos", recipe: "fcos_torchvision"),
    Case(file: "objective_fcos_empty", recipe: "fcos_torchvision"),
    Case(file: "objective_fcos_mmdet", recipe: "fcos_mmdet"),
    Case(file: "objective_fcos_mmdet_empty", recipe: "fcos_mmdet"),
    Case(file: "objective_fcos_mmdet_tuned", recipe: "fcos_mmdet_tuned"),
    Case(file: "objective_fcos_mmdet_tuned_empty", recipe: "fcos_mmdet_tuned"),
    Case(file: "objective_atss", recipe: "atss"),
    Case(file: "objective_atss_empty", recipe: "atss"),
    Case(file: "objective_atss_padded", recipe: "atss"),
    Case(file: "objective_gfl", recipe: "gfl"),
    Case(file: "objective_gfl_empty", recipe: "gfl"),
    Case(file: "objective_vfnet", recipe: "vfnet"),
    Case(file: "objective_vfnet_empty", recipe: "vfnet"),
    Case(file: "objective_faster_rcnn_mmdet", recipe: "faster_rcnn_mmdet", priorRounding: 2e-7),
    Case(
      file: "objective_faster_rcnn_mmdet_empty", recipe: "faster_rcnn_mmdet", priorRounding: 2e-7),
    Case(file: "objective_libra_rcnn", recipe: "libra_rcnn", priorRounding: 2e-7),
    Case(file: "objective_libra_rcnn_empty", recipe: "libra_rcnn", priorRounding: 2e-7),
    // Refined boxes are rounded before they are encoded, in shares of 0.033 of a side.
    Case(
      file: "objective_cascade_rcnn", recipe: "cascade_rcnn", priorRounding: 2e-7,
      targetRounding: 5e-5),
    Case(
      file: "objective_cascade_rcnn_empty", recipe: "cascade_rcnn", priorRounding: 2e-7,
      targetRounding: 5e-5),
    Case(file: "objective_sparse_rcnn", recipe: "sparse_rcnn", targetRounding: 2e-5),
    Case(file: "objective_sparse_rcnn_empty", recipe: "sparse_rcnn", targetRounding: 2e-5),
    .ssd("objective_ssd", "ssd300_torchvision"),
    .ssd("objective_ssd_empty", "ssd300_torchvision"),
    .ssd("objective_ssd_mmdet", "ssd_mmdet"),
    .ssd("objective_ssd_mmdet_empty", "ssd_mmdet"),
    .queries("objective_detr", "detr"),
    .queries("objective_detr_empty", "detr"),
    .queries("objective_deformable_detr", "deformable_detr"),
    .queries("objective_deformable_detr_empty", "deformable_detr"),
    Case(file: "objective_tood", recipe: "tood"),
    Case(file: "objective_tood_empty", recipe: "tood"),
    Case(file: "objective_tood_initial", recipe: "tood_initial"),
    Case(file: "objective_tood_initial_empty", recipe: "tood_initial"),
    Case(file: "objective_rtmdet", recipe: "rtmdet"),
    Case(file: "objective_rtmdet_empty", recipe: "rtmdet"),
    Case(file: "objective_yolov8", recipe: "yolov8"),
    Case(file: "objective_yolov8_empty", recipe: "yolov8"),
    Case(file: "objective_yolox", recipe: "yolox"),
    Case(file: "objective_yolox_empty", recipe: "yolox"),
    Case(file: "objective_yolox_l1", recipe: "yolox_l1"),
    Case(file: "objective_yolox_l1_empty", recipe: "yolox_l1"),
    Case(file: "objective_yolox_original", recipe: "yolox_original"),
    Case(file: "objective_yolox_original_empty", recipe: "yolox_original"),
  ]

  @Test(arguments: cases)
  func `priors, assignments and box targets are those of the reference`(case: Case) throws {
    let (file, objective) = try load(`case`)
    let targets = try objective.targets(
      for: try DetectionBatch(file), predictions: try file.predictions(objective.predictionNames))
    let priors = try file.floats(named: "expected/\(targets[0].stage).priors")
    let rounding = `case`.priorRounding
    let made = targets[0].images[0].priors.boxes.flatMap(\.coordinates)
    #expect(made.count == priors.elements.count)
    #expect(zip(made, priors.elements).allSatisfy { abs($0 - $1) <= rounding * max(16, abs($1)) })

    for stage in targets {
      let expected = try file.integers(named: "expected/\(stage.stage).assigned").elements
      #expect(stage.images.flatMap { $0.assignment.matches.map(Int.init) } == expected)

      let boxTargets = try file.floats(named: "expected/\(stage.stage).box_targets").elements
      var start = 0
      #expect(stage.images.contains { !$0.sampled.isEmpty })
      for image in stage.images {
        for (prior, target) in zip(image.positives, image.boxTargets) {
          for column in 0..<4 {
            let wanted = boxTargets[(start + prior) * 4 + column]
            #expect(abs(target[column] - wanted) <= `case`.targetRounding * max(1, abs(wanted)))
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

    #expect(result.terms.map(\.name) == objective.stages.flatMap { $0.terms.map(\.name) })
    for term in result.terms {
      // Layers of a decoder have terms of the same names.
      let repeated = "expected/\(term.stage).\(term.name)"
      let name = file.names.contains(repeated) ? repeated : "expected/\(term.name)"
      let expected = try file.doubles(named: name).elements[0]
      #expect(abs(term.value - expected) <= 1e-5 * abs(expected), "\(name)")
    }
    #expect(Set(result.gradients.keys) == Set(objective.predictionNames))
    for (name, gradient) in result.gradients {
      let expected = try file.floats(named: "expected/gradient.\(name)")
      #expect(gradient.shape == expected.shape)
      let largest = expected.elements.map(abs).max() ?? 0
      let error = zip(gradient.elements, expected.elements).map { abs($0 - $1) }.max() ?? 0
      // A level whose anchors match nothing has no gradient by its boxes.
      #expect(largest > 0 || gradient.elements.allSatisfy { $0 == 0 }, "\(name)")
      #expect(error <= 1e-5 * largest, "\(name)")
    }
  }

  @Test(arguments: cases.filter { $0.recipe == "retinanet_detectron2" })
  func `a second step is divided by the running mean of both`(case: Case) throws {
    let (file, objective) = try load(`case`)
    let predictions = try file.predictions(objective.predictionNames)
    let targets = try objective.targets(for: try DetectionBatch(file), predictions: predictions)
    let first = try objective.evaluate(predictions, against: targets)
    let second = try objective.evaluate(predictions, against: targets, after: first.state)
    #expect(second.state != first.state)
    for term in second.terms {
      let expected = try file.doubles(named: "expected/second.\(term.name)").elements[0]
      #expect(abs(term.value - expected) <= 1e-5 * abs(expected), "\(term.name)")
    }
    let again = try objective.evaluate(predictions, against: targets)
    #expect(again.total == first.total, "nothing is kept but in the state")
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
    let file = try Reference.open(`case`.file)
    // RetinaNet takes every anchor, and nothing was drawn.
    let recorded = ["rpn", "rcnn"].filter {
      file.names.contains("\($0).sampled") || file.names.contains("\($0)_0.sampled")
    }.map { "stages.\($0).sampler=recorded" }
    let recipe = try DetectionRecipe(
      contentsOf: Reference.path("Configs/recipes/\(`case`.recipe).json"),
      settings: try (`case`.settings + recorded).map { try JSONSetting(parsing: $0) },
      registry: try Registry.builtIn())
    return (file, recipe.objective)
  }
}

extension ReferenceObjectiveTests.Case {
  fileprivate static func ssd(_ file: String, _ recipe: String) -> Self {
    Self(file: file, recipe: recipe, priorRounding: 2e-6, targetRounding: 4e-6)
  }

  /// The references have few queries.
  fileprivate static func queries(_ file: String, _ recipe: String) -> Self {
    Self(file: file, recipe: recipe, settings: ["stages.detr.priors.count=40"])
  }
}
