import LossKit

/// Random images, proposals and head outputs for the recipes called `faster_rcnn_*`.
struct RandomDetector {
  let images: Int
  let size: ImageSize

  private static let classes = 20
  /// Channels of the first stage's predictions, nine anchors a cell.
  private static let channels = ["rpn_objectness": 9, "rpn_cls_score": 18, "rpn_bbox_pred": 36]
  /// Columns of the second stage's predictions.
  private static let columns = ["cls_score": classes + 1, "bbox_pred": 4 * (classes + 1)]

  /// A batch with 8 objects and 2,000 proposals an image, and predictions for it.
  func draw(
    for objective: DetectionObjective
  ) throws -> (batch: DetectionBatch, predictions: [String: Tensor<Float>]) {
    let known = Self.channels.keys.sorted() + Self.columns.keys.sorted()
    if let name = objective.predictionNames.first(where: { !known.contains($0) }) {
      throw BenchError(
        "\(objective.name): no numbers are drawn for prediction \(Diagnostic.quote(name)), only for "
          + "\(known.joined(separator: ", ")); give a bundle as "
          + "\"objective/\(objective.name).safetensors\" in the folder of --inputs")
    }
    let batch = DetectionBatch(images: (0..<images).map(image))
    var predictions: [String: Tensor<Float>] = [:]
    let map = [max(1, size.height / 16), max(1, size.width / 16)]
    for (name, channels) in Self.channels {
      predictions[name] = try normals([images, channels] + map)
    }
    let targets = try objective.trainingTargets(for: batch, predictions, .standard)
    let rows = targets.filter { $0.featureMaps.isEmpty }.flatMap(\.images)
      .reduce(0) { $0 + $1.sampled.count }
    for (name, columns) in Self.columns { predictions[name] = try normals([rows, columns]) }
    return (batch, predictions)
  }

  private func image(_ index: Int) -> DetectionBatch.Image {
    let random = RandomBoxes(seed: UInt64(index))
    let objects = random.objects(8, in: size)
    return DetectionBatch.Image(
      size: size,
      groundTruth: GroundTruth(
        boxes: objects, labels: objects.indices.map { 1 + $0 % Self.classes }),
      proposals: random.proposals(1_992, around: objects, in: size) + objects)
  }

  private func normals(_ shape: [Int]) throws -> Tensor<Float> {
    let numbers: Tensor<Float> = try RandomNumbers(
      rows: shape.reduce(1, *), width: 1, seed: shape.count
    ).predictions()
    return try Tensor(shape: shape, elements: numbers.elements)
  }
}
