import Foundation
import LossKit
import TestSupport
import Testing

/// Proposals from the outputs of a first stage, through a recipe: grid, decoding, scoring, layer.
struct ReferenceProposalTests {
  struct TorchvisionParameters: Decodable, Sendable {
    let sizes: [[Double]]
    let grids: [[Int]]
    let padded_size: [Int]
    let image_sizes: [[Int]]
    let pre_nms: Int
    let post_nms: Int
    let min_size: Double
    let nms_iou: Double
  }

  @Test(
    arguments: [
      try Reference.cases("proposals", "torchvision.single"),
      try Reference.cases("proposals", "torchvision.pyramid"),
    ].flatMap(\.self) as [ReferenceCase<TorchvisionParameters>])
  func `proposals are those of torchvision, in order`(
    _ reference: ReferenceCase<TorchvisionParameters>
  ) throws {
    let parameters = reference.parameters
    let objective = try objective(
      "faster_rcnn_torchvision",
      [
        "rpn.priors.sizes=\(parameters.sizes)",
        "rpn.priors.strides=\(parameters.grids.map { parameters.padded_size[0] / $0[0] })",
        "rpn.terms.rpn_cls.prediction=\(parameters.grids.indices.map { "rpn_objectness.\($0)" })",
        "rpn.terms.rpn_box.prediction=\(parameters.grids.indices.map { "rpn_bbox_pred.\($0)" })",
        """
        rcnn.priors={"type": "proposal_layer", "pre_nms_count": \(parameters.pre_nms), \
        "post_nms_count": \(parameters.post_nms), "min_size": \(parameters.min_size), \
        "nms_iou": \(parameters.nms_iou)}
        """,
      ])
    try check(objective, against: reference.name, imageSizes: parameters.image_sizes)
  }

  struct TFParameters: Decodable, Sendable {
    let scales: [Double]
    let image_size: [Int]
    let pre_nms: Int
    let post_nms: Int
    let nms_iou: Double
  }

  @Test(
    arguments: [
      try Reference.cases("proposals", "tf_faster_rcnn.0"),
      try Reference.cases("proposals", "tf_faster_rcnn.1"),
    ].flatMap(\.self) as [ReferenceCase<TFParameters>])
  func `proposals are those of tf-faster-rcnn, in order`(_ reference: ReferenceCase<TFParameters>)
    throws
  {
    let parameters = reference.parameters
    let objective = try objective(
      "faster_rcnn_tf",
      [
        "rpn.priors.scales=\(parameters.scales)",
        """
        rcnn.priors={"type": "proposal_layer", "pre_nms_count": \(parameters.pre_nms), \
        "post_nms_count": \(parameters.post_nms), "min_size": 0, \
        "nms_iou": \(parameters.nms_iou), "legacy_plus_one": true}
        """,
      ])
    try check(objective, against: reference.name, imageSizes: [parameters.image_size])
  }

  private func objective(_ recipe: String, _ settings: [String]) throws -> DetectionObjective {
    try DetectionRecipe(
      contentsOf: Reference.path("Configs/recipes/\(recipe).json"),
      settings: settings.map { try JSONSetting(parsing: "stages.\($0)") },
      registry: try Registry.builtIn()
    ).objective
  }

  /// The second stage's priors are the recorded proposals and then the ground truth; their scores in
  /// the first stage are the recorded ones.
  ///
  /// A step of a coordinate near 200 is 1.5e-5 pixels; decoding takes some of them.
  private func check(
    _ objective: DetectionObjective, against name: String, imageSizes: [[Int]]
  ) throws {
    let file = try Reference.open("proposals")
    let expected = try file.boxes(named: "\(name)/proposals")
    let scores = try file.floats(named: "\(name)/scores").elements
    let images =
      file.names.contains("\(name)/proposals_image")
      ? try file.integers(named: "\(name)/proposals_image").elements : expected.map { _ in 0 }
    let object = Box(10, 10, 60, 40)
    let batch = DetectionBatch(
      images: imageSizes.map {
        DetectionBatch.Image(
          size: ImageSize(height: $0[0], width: $0[1]),
          groundTruth: GroundTruth(boxes: [object], labels: [1]))
      })
    var predictions: [String: Tensor<Float>] = [:]
    for prediction in objective.predictionNames where prediction.hasPrefix("rpn") {
      predictions[prediction] = try file.floats(named: "\(name)/\(prediction)")
    }

    let targets = try objective.targets(for: batch, predictions: predictions)
    let maps = try objective.featureMaps(ofStage: "rpn", in: predictions)
    let scored = try objective.scoredBoxes(
      ofStage: "rpn",
      priors: try objective.priors(ofStage: "rpn", for: batch, featureMaps: maps),
      featureMaps: maps, predictions: predictions)
    #expect(targets.map(\.stage) == ["rpn", "rcnn"])
    for (image, target) in targets[1].images.enumerated() {
      let rows = images.indices.filter { images[$0] == image }
      let proposals = target.priors.boxes.dropLast()
      #expect(target.priors.boxes.last == object)
      #expect(largestDifference(Array(proposals), rows.map { expected[$0] }) <= 1e-4)

      let size = batch.images[image].size
      let convention: PixelConvention = name.hasPrefix("tf") ? .inclusive : .continuous
      let clipped = scored[image].boxes.map { $0.clipped(to: size, convention) }
      for (row, proposal) in zip(rows, proposals) {
        let prior = try #require(clipped.firstIndex(of: proposal))
        let probability = 1 / (1 + exp(-scored[image].scores[prior]))
        #expect(abs(probability - scores[row]) <= 1e-6)
      }
    }
  }
}
