import Bundle
import LossCore
import Recipe
import StrictJSON

/// A step that can't be done because something isn't finite: what, in which step and image, and the
/// batch in which it happened.
public struct StepFailure: Error, CustomStringConvertible {
  /// What isn't finite, and where.
  public let error: InputError
  /// The step, counted from 1.
  public let step: Int

  private let batch: ImageBatch
  private let predictions: [String: Tensor<Float>]
  private let predictionNames: [String]
  private let regions: [(stage: String, boxes: [[Box]])]
  /// The stages that the model didn't come to.
  private let missingStages: [String]

  init(_ error: InputError, step: Int, batch: ImageBatch, model: DetectionModel) {
    self.error = error
    self.step = step
    self.batch = batch
    predictions = model.predictions
    predictionNames = model.objective.predictionNames
    regions = model.regions
    missingStages = model.objective.stages.filter { stage in
      stage.terms.contains { $0.predictions.contains { model.predictions[$0] == nil } }
    }.map(\.name)
  }

  public var description: String {
    let image = imageName.map { " (\($0))" } ?? ""
    return "step \(step): \(error)\(image); a lower rate, a longer warm-up or another loss may help"
  }

  /// The name of the image that the error is of.
  private var imageName: String? {
    error.image.flatMap { batch.names.indices.contains($0) ? batch.names[$0] : nil }
  }

  /// Writes the batch, ground truth and predictions, as a bundle.
  ///
  /// - Throws: `BundleError` where the file can't be written.
  public func writeBundle(to path: String) throws(BundleError) {
    var tensors: [(name: String, tensor: AnyTensor)] = []
    func add<Element>(
      _ name: String, _ shape: [Int], _ elements: [Element],
      _ make: (Tensor<Element>) -> AnyTensor
    ) {
      if let tensor = try? Tensor(shape: shape, elements: elements) {
        tensors.append((name, make(tensor)))
      }
    }
    let images = batch.truth.images
    let objects = images.enumerated().flatMap { index, image in
      zip(image.groundTruth.boxes, image.groundTruth.labels).map { (index, $0, $1, 0) }
        + image.groundTruth.ignoredRegions.map { (index, $0, 1, 1) }
    }
    add("image_sizes", [images.count, 2], images.flatMap { [$0.size.height, $0.size.width] }) {
      .int64($0)
    }
    add("gt_boxes", [objects.count, 4], objects.flatMap(\.1.coordinates)) { .float32($0) }
    add("gt_labels", [objects.count], objects.map(\.2)) { .int64($0) }
    add("gt_image", [objects.count], objects.map(\.0)) { .int64($0) }
    add("gt_ignore", [objects.count], objects.map(\.3)) { .int64($0) }
    if let proposals = regions.first?.boxes {
      let boxes = proposals.flatMap(\.self)
      add("proposals", [boxes.count, 4], boxes.flatMap(\.coordinates)) { .float32($0) }
      let places = proposals.enumerated().flatMap { index, boxes in boxes.map { _ in index } }
      add("proposals_image", [places.count], places) { .int64($0) }
    }
    for name in predictionNames {
      if let tensor = predictions[name] { tensors.append((name, .float32(tensor))) }
    }
    try SafetensorsFile.write(
      tensors, metadata: ["step": "\(step)", "error": "\(error)"], to: path)
  }

  /// The recipe for the bundle: the regions that a stage was trained on are given, not proposed again, and
  /// stages that the model didn't come to are left out.
  func recipe(from recipe: DetectionRecipe) throws(Diagnostics) -> JSONNode {
    var node = DetectionRecipe.standalone(recipe.node)
    for stage in missingStages { node = node.merging(patch: ["stages": [stage: .null]]) }
    guard let stage = regions.first?.stage, !missingStages.contains(stage) else { return node }
    node = try node.setting(["type": "proposals"], at: ["stages", stage, "priors"])
    return try node.setting(["type": "all"], at: ["stages", stage, "sampler"])
  }
}
