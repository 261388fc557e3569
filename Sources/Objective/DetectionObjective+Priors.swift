import LossCore
import LossKernels
import ResourceLimits

extension DetectionObjective {
  /// The feature maps that a stage's predictions were made on; empty where its priors need none.
  ///
  /// - Parameter images: The number of images that the predictions must be for; `nil` if any will
  ///   do.
  /// - Throws: ``InputError`` where a prediction is missing or doesn't fit its layout, or no
  ///   layout tells the size.
  public func featureMaps<Scalar>(
    ofStage name: String, images: Int? = nil, in predictions: [String: Tensor<Scalar>]
  ) throws(InputError) -> [FeatureMap] {
    let stage = try self.stage(name)
    guard let perCell = stage.priors.priorsPerCell else { return [] }
    guard let term = stage.terms.first(where: { $0.layout.isOnFeatureMap }) else {
      throw InputError(
        "stage \(stage.name)",
        "lays priors on feature maps, but no term's layout has h and w to tell their size")
    }
    guard term.predictions.count == perCell.count else {
      throw InputError(
        "stage \(stage.name), term \(term.name)",
        "names \(counted(term.predictions.count, "prediction")) for "
          + "\(counted(perCell.count, "level")) of priors; expected one a level")
    }
    var maps: [FeatureMap] = []
    for (level, name) in term.predictions.enumerated() {
      var known: [Layout.Axis: Int] = [.cellPrior: perCell[level]]
      known[.channel] = term.columns
      known[.image] = images
      let shape = try tensor(name, in: predictions).shape
      let view = try TensorView(term.layout, shape: shape, known: known, tensor: name)
      // Else a few bytes could ask for any number of priors.
      guard let map = view.map, view.columns > 0, view.slots != 0 else {
        throw InputError(
          "prediction \"\(name)\"",
          "shape \(shape) has no columns, so that it can't tell the size of a feature map")
      }
      maps.append(map)
    }
    return maps
  }

  /// The priors of each image.
  ///
  /// - Parameters:
  ///   - featureMaps: The feature maps that the priors lie on, one a level.
  ///   - scoredBoxes: For each image what the stage that the priors come from predicts.
  /// - Throws: ``InputError`` where what the priors are made from is missing, or there are too many of
  ///   them.
  public func priors(
    ofStage name: String, for batch: DetectionBatch, featureMaps: [FeatureMap] = [],
    scoredBoxes: [ScoredBoxes]? = nil
  ) throws(InputError) -> [Priors] {
    try batch.check()
    let stage = try self.stage(name)
    if let scoredBoxes, scoredBoxes.count != batch.images.count {
      throw InputError(
        "stage \(name)",
        "has scored boxes for \(scoredBoxes.count) of \(batch.images.count) images")
    }
    if let perCell = stage.priors.priorsPerCell {
      _ = try featureMaps.priorCount(
        perCell: perCell, images: batch.images.count, at: "stage \(name)")
    }
    var priors: [Priors] = []
    var count = 0
    for (index, image) in batch.images.enumerated() {
      priors.append(
        try stage.priors.priors(
          for: PriorRequest(
            imageSize: image.size, paddedSize: image.paddedSize, featureMaps: featureMaps,
            proposals: image.proposals,
            groundTruth: image.groundTruth, scoredBoxes: scoredBoxes?[index])))
      count += priors[index].count
      guard count <= Limits.priors else {
        throw InputError(
          "stage \(name)",
          "has more than \(Limits.priors) priors in the first \(index + 1) images; expected fewer a batch"
        )
      }
    }
    return priors
  }

  /// For each image the decoded boxes of a stage, with a score that rises with the probability that
  /// a box holds an object: what a proposal layer makes the next stage's priors from.
  ///
  /// - Parameters:
  ///   - priors: The stage's priors, image by image.
  ///   - featureMaps: The feature maps that the priors lie on, one a level.
  /// - Throws: ``InputError`` where the stage has no term for classes or none for boxes, or
  ///   its boxes are class-specific.
  public func scoredBoxes<Scalar: LossScalar>(
    ofStage name: String, priors: [Priors], featureMaps: [FeatureMap],
    predictions: [String: Tensor<Scalar>], workers: Workers = .standard
  ) throws(InputError) -> [ScoredBoxes] {
    var tensors = PredictionTensors(predictions, workers: workers)
    return try scoredBoxes(
      of: try stage(name), priors: priors, featureMaps: featureMaps, in: &tensors,
      workers: workers)
  }

  /// - Parameter matched: What the priors are matched to, where they are.
  func scoredBoxes<Scalar: LossScalar>(
    of stage: Stage, priors: [Priors], featureMaps: [FeatureMap], matched: [MatchedPriors]? = nil,
    in tensors: inout PredictionTensors<Scalar>, workers: Workers
  ) throws(InputError) -> [ScoredBoxes] {
    guard let classTerm = stage.classTerm, stage.proposalProblem == nil else {
      throw InputError("stage \(stage.name)", stage.proposalProblem ?? "")
    }
    let scores = try tensors.unchecked(
      classTerm, stage, featureMaps: featureMaps, priorCounts: priors.map(\.count))
    let boxes = try decodedBoxes(
      of: stage, priors: priors, featureMaps: featureMaps, in: &tensors, workers: workers)
    let width = scores.width
    return try priors.indices.map { image throws(InputError) in
      let values: [Float] = try tensors.map(
        scores, of: classTerm, image: image, priors: nil, to: 1
      ) { rows, values in
        for index in values.indices {
          let row = rows.extracting(index * width..<(index + 1) * width)
          values[index] = Float(objectScore(row, of: classTerm))
        }
      }
      return try ScoredBoxes(
        boxes: boxes[image], scores: values, levels: scores.priorsPerLevel(image: image),
        sampled: matched.map { Array($0[image].sampledWithoutAdded) })
    }
  }

  /// The stage called `name`.
  ///
  /// - Throws: ``InputError`` that lists the stages there are.
  func stage(_ name: String) throws(InputError) -> Stage {
    guard let stage = stages.first(where: { $0.name == name }) else {
      throw InputError(
        "stage \(name)", "doesn't exist; there is \(stages.map(\.name).joined(separator: ", "))")
    }
    return stage
  }
}

/// A number that rises with the probability of an object: the log odds against the background if the columns
/// share one probability, else the largest column of a class.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func objectScore<Scalar: LossScalar>(_ row: Span<Scalar>, of term: Term) -> Scalar {
  let labels = term.labelColumns(of: row.count)
  // Behind the labels' columns there are some of objectness alone.
  guard labels == row.count else { return row[row.count - 2] - row[row.count - 1] }
  let objects = term.background.foreground(of: labels)
  var largest = objects.isEmpty ? 0 : row[objects.lowerBound]
  for column in objects { largest = max(largest, row[column]) }
  guard term.loss.background != .none, !row.isEmpty else { return largest }
  let background = row[term.background == .first ? 0 : row.count - 1]
  var rest: Scalar = -1
  for column in objects { rest += Scalar.exp(row[column] - largest) }
  return (largest - background) + Scalar.log1p(rest)
}
