import LossKit

/// Random images, proposals and head outputs for any recipe.
struct RandomDetector {
  let images: Int
  let size: ImageSize
  let classes: Int

  /// A batch with 8 objects and 2,000 proposals an image, and predictions for it.
  ///
  /// Images are padded to a multiple of the largest stride. A stage on proposals has predictions for its
  /// sampled ones. What a loss on boxes decodes is positive, so that no box is inverted whatever the coder;
  /// probabilities are from 0 to 1.
  func draw(
    for objective: DetectionObjective
  ) throws -> (batch: DetectionBatch, predictions: [String: Tensor<Float>]) {
    let batch = DetectionBatch(images: (0..<images).map(image))
    var predictions: [String: Tensor<Float>] = [:]
    func draw(
      _ term: Term, level: Int, priorCounts: [Int], cells: (map: FeatureMap, priorsPerCell: Int)?
    ) throws(InputError) {
      let name = term.predictions[level]
      guard predictions[name] == nil else { return }
      let shape = try term.view(priorCounts: priorCounts, cells: cells, classes: classes).shape
      let isDecoded = term.target.columns == .decodedBox
      do {
        let transform: InputTransform =
          term.loss.predictionKind == .probabilities ? .sigmoid : .raw
        let numbers: Tensor<Float> = try transform(
          try RandomNumbers(
            rows: shape.reduce(1, *), width: 1, seed: predictions.count
          ).predictions())
        predictions[name] = try Tensor(
          shape: shape, elements: isDecoded ? numbers.elements.map(abs) : numbers.elements)
      } catch {
        throw InputError("prediction \"\(name)\"", "\(error)")
      }
    }
    _ = try objective.walk(batch, rows: .sampled) { stage, priors throws(InputError) in
      guard let perCell = stage.priors.priorsPerCell else {
        for term in stage.terms {
          try draw(term, level: 0, priorCounts: priors?.map(\.count) ?? [], cells: nil)
        }
        return predictions
      }
      let maps = try featureMaps(of: stage, levels: perCell.count)
      for (level, map) in maps.enumerated() {
        let count = map.height * map.width * perCell[level]
        for term in stage.terms where term.predictions.count == maps.count {
          try draw(
            term, level: level, priorCounts: Array(repeating: count, count: images),
            cells: (map, perCell[level]))
        }
      }
      return predictions
    }
    return (batch, predictions)
  }

  /// The maps of a stage's levels.
  private func featureMaps(of stage: Stage, levels: Int) throws(InputError) -> [FeatureMap] {
    let strides = try stage.priors.priors(
      for: PriorRequest(
        imageSize: size,
        featureMaps: (0..<levels).map { _ in FeatureMap(height: 1, width: 1) },
        groundTruth: GroundTruth(boxes: [], labels: []))
    ).levels.compactMap(\.stride)
    guard strides.count == levels, let largest = strides.max() else {
      throw InputError(
        "stage \(stage.name)",
        "its priors don't tell the strides of their levels, so that nothing "
          + "can be drawn for it; give a bundle in the folder of --inputs")
    }
    return strides.map { stride in
      func cells(_ side: Int) -> Int {
        Int((Double(side) / largest).rounded(.up) * largest / stride)
      }
      return FeatureMap(height: cells(size.height), width: cells(size.width))
    }
  }

  private func image(_ index: Int) -> DetectionBatch.Image {
    let random = RandomBoxes(seed: UInt64(index))
    let objects = random.objects(8, in: size)
    return DetectionBatch.Image(
      size: size,
      groundTruth: GroundTruth(
        boxes: objects, labels: objects.indices.map { 1 + $0 % classes }),
      proposals: random.proposals(1_992, around: objects, in: size) + objects)
  }
}
