import LossCore

extension DetectionObjective {
  /// What the priors of every stage should predict, given the predictions of all stages.
  ///
  /// - Parameter draw: Counts draws from the same images, such as training steps.
  /// - Throws: ``LossCore/InputError`` where an input is missing, of the wrong shape or not finite.
  public func targets<Scalar: LossScalar>(
    for batch: DetectionBatch, predictions: [String: Tensor<Scalar>], draw: Int = 0
  ) throws(InputError) -> [StageTargets] {
    var result: [StageTargets] = []
    for stage in stages {
      var scored: [ScoredBoxes]?
      if let source = stage.priors.sourceStage {
        scored = try scoredBoxes(ofStage: source, for: batch, predictions: predictions)
      }
      result.append(
        try targets(
          ofStage: stage.name, for: batch,
          featureMaps: try featureMaps(of: stage, in: predictions), scoredBoxes: scored,
          draw: draw))
    }
    return result
  }

  /// What the priors of one stage should predict.
  ///
  /// - Parameters:
  ///   - featureMaps: The feature maps that the priors lie on, one a level.
  ///   - scoredBoxes: For each image what the stage that the priors come from predicts.
  ///   - draw: Counts draws from the same images, such as training steps.
  /// - Throws: ``LossCore/InputError`` where an input is missing or can't be used.
  public func targets(
    ofStage name: String, for batch: DetectionBatch, featureMaps: [FeatureMap] = [],
    scoredBoxes: [ScoredBoxes]? = nil, draw: Int = 0
  ) throws(InputError) -> StageTargets {
    try batch.check()
    let stage = try stage(name)
    if let scoredBoxes, scoredBoxes.count != batch.images.count {
      throw InputError(
        "stage \(name)",
        "has scored boxes of \(scoredBoxes.count) images for a batch of \(batch.images.count)")
    }
    let recorded = batch.recordedSamples[name]
    var start = 0
    var images: [StageTargets.Image] = []
    for (index, image) in batch.images.enumerated() {
      let priors = try priors(
        of: stage, for: image, featureMaps: featureMaps, scoredBoxes: scoredBoxes?[index])
      let mask = recorded.map { Array($0.dropFirst(start).prefix(priors.count)) }
      start += priors.count
      images.append(
        try StageTargets.Image(
          priors: priors, groundTruth: image.groundTruth, size: image.size, stage: stage,
          request: SampleRequest(stage: name, image: index, draw: draw, recorded: mask)))
    }
    if let recorded, recorded.count != start {
      throw InputError(
        "\(name).sampled",
        "has \(recorded.count) elements; expected one for each of \(start) priors")
    }
    return StageTargets(stage: name, images: images, featureMaps: featureMaps)
  }

  /// For each image the decoded boxes of a stage, with a score that rises with the probability that
  /// a box holds an object.
  ///
  /// - Throws: ``LossCore/InputError`` where the stage has no term for classes or none for boxes.
  public func scoredBoxes<Scalar: LossScalar>(
    ofStage name: String, for batch: DetectionBatch, predictions: [String: Tensor<Scalar>]
  ) throws(InputError) -> [ScoredBoxes] {
    let stage = try stage(name)
    guard let classTerm = stage.terms.first(where: { $0.target != .box }),
      let boxTerm = stage.terms.first(where: { $0.target == .box })
    else {
      throw InputError("stage \(name)", "needs a term for objects and one for boxes to propose")
    }
    let maps = try featureMaps(of: stage, in: predictions)
    var images: [(priors: [Box], size: ImageSize)] = []
    for image in batch.images {
      images.append(
        (try priors(of: stage, for: image, featureMaps: maps, scoredBoxes: nil), image.size))
    }
    let counts = images.map(\.priors.count)
    let scores = try RowMap(
      classTerm, stage: stage, featureMaps: maps, priorCounts: counts, in: predictions)
    let deltas = try RowMap(
      boxTerm, stage: stage, featureMaps: maps, priorCounts: counts, in: predictions)

    return images.indices.map { image in
      let priors = images[image].priors
      var boxes: [Box] = []
      var values: [Float] = []
      boxes.reserveCapacity(priors.count)
      values.reserveCapacity(priors.count)
      for (prior, box) in priors.enumerated() {
        values.append(
          Float(objectScore(scores.row(image: image, prior: prior), of: classTerm.loss)))
        let row = deltas.row(image: image, prior: prior).map { Float($0) }
        boxes.append(stage.coder.decode(SIMD4(row), relativeTo: box))
      }
      return ScoredBoxes(boxes: boxes, scores: values, levels: scores.priorsPerLevel(image: image))
    }
  }

  /// The feature maps that a stage's predictions were made on; empty where its priors need none.
  func featureMaps<Scalar>(
    of stage: Stage, in predictions: [String: Tensor<Scalar>]
  ) throws(InputError) -> [FeatureMap] {
    guard let perCell = stage.priors.priorsPerCell else { return [] }
    guard let term = stage.terms.first(where: { $0.layout.isOnFeatureMap }) else {
      throw InputError(
        "stage \(stage.name)",
        "lays priors on feature maps, but no term's layout has h and w to tell their size")
    }
    guard term.predictions.count == perCell.count else {
      throw InputError(
        "stage \(stage.name), term \(term.name)",
        "names \(term.predictions.count) predictions for \(perCell.count) levels of priors; "
          + "expected one a level")
    }
    var maps: [FeatureMap] = []
    for (level, name) in term.predictions.enumerated() {
      var known: [Layout.Axis: Int] = [.cellPrior: perCell[level]]
      known[.channel] = term.columns
      let fitted = try FittedLayout(
        term.layout, shape: try tensor(name, in: predictions).shape, known: known, tensor: name)
      maps.append(FeatureMap(height: fitted.length(.row), width: fitted.length(.column)))
    }
    return maps
  }

  private func priors(
    of stage: Stage, for image: DetectionBatch.Image, featureMaps: [FeatureMap],
    scoredBoxes: ScoredBoxes?
  ) throws(InputError) -> [Box] {
    try stage.priors.priors(
      for: PriorRequest(
        imageSize: image.size, featureMaps: featureMaps, proposals: image.proposals,
        groundTruth: image.groundTruth, scoredBoxes: scoredBoxes))
  }

  private func stage(_ name: String) throws(InputError) -> Stage {
    guard let stage = stages.first(where: { $0.name == name }) else {
      throw InputError(
        "stage \(name)", "doesn't exist; there is \(stages.map(\.name).joined(separator: ", "))")
    }
    return stage
  }
}

/// A number that rises with the probability of an object: the log odds against the background where
/// that has a column, else the largest column.
private func objectScore<Scalar: LossScalar>(_ row: [Scalar], of loss: any Loss) -> Scalar {
  guard loss.columns(classes: 1) == 2, let background = row.first else {
    return row.max() ?? 0
  }
  let objects = row.dropFirst()
  let largest = objects.max() ?? 0
  let rest = objects.reduce(-1) { $0 + Scalar.exp($1 - largest) }
  return (largest - background) + Scalar.log1p(rest)
}
