import LossCore
import LossKernels

extension AssignmentRequest {
  /// The number of classes that scores have columns for.
  var classes: Int { predictions.scores.count / max(1, priors.count) }

  /// Checks that there are predicted boxes, finite ones, and probabilities from 0 to 1.
  ///
  /// - Throws: ``InputError`` that names prior and ground truth.
  func checkPredictions(
    for assigner: String, objectness isRead: Bool = false, on workers: Workers
  ) throws(InputError) {
    let count = priors.count
    let (boxes, scores) = (predictions.boxes, predictions.scores)
    guard boxes.count == count else {
      throw InputError(
        assigner, "reads predicted boxes, of which there are \(boxes.count) for \(count) priors")
    }
    guard scores.count.isMultiple(of: max(1, count)), !scores.isEmpty || count == 0 else {
      throw InputError(
        assigner,
        "reads scores, of which there are \(scores.count) for \(count) priors; expected one a class"
      )
    }
    if let prior = boxes.firstIndex(where: { !$0.isFinite }) {
      throw InputError(
        assigner,
        "the predicted box of prior \(prior) is \(boxes[prior].coordinates), so that it can't be "
          + "held against ground truth 0; expected finite numbers")
    }
    if let index = firstNoProbability(among: scores, on: workers) {
      let (prior, column) = index.quotientAndRemainder(dividingBy: classes)
      let object = classes == 1 ? 0 : groundTruth.labels.firstIndex(of: column + 1) ?? 0
      throw InputError(
        assigner,
        "the score of prior \(prior) for class \(column + 1) is \(scores[index]), so that it can't "
          + "be matched with ground truth \(object); expected a probability from 0 to 1")
    }
    guard isRead else { return }
    let objectness = predictions.objectness
    guard objectness.count == count else {
      throw InputError(
        assigner, "reads objectness, of which there are \(objectness.count) for \(count) priors")
    }
    if let prior = firstNoProbability(among: objectness, on: workers) {
      throw InputError(
        assigner,
        "the objectness of prior \(prior) is \(objectness[prior]), so that it can't be matched with "
          + "ground truth 0; expected a probability from 0 to 1")
    }
  }
}

extension Priors {
  /// The stride of each level.
  ///
  /// - Throws: ``InputError`` where priors lie on no feature map.
  func levelStrides(for assigner: String) throws(InputError) -> [Double] {
    try levels.map { level throws(InputError) in
      guard let stride = level.stride else {
        throw InputError(
          "priors", "lie on no feature map; \(assigner) reads the strides of their levels")
      }
      return stride
    }
  }

  /// The stride of each prior.
  ///
  /// - Throws: ``InputError`` where priors lie on no feature map.
  func strides(for assigner: String) throws(InputError) -> [Float] {
    zip(try levelStrides(for: assigner), levels).flatMap { stride, level in
      repeatElement(Float(stride), count: level.count)
    }
  }
}

/// The index of the first number that isn't one from 0 to 1.
func firstNoProbability(among numbers: [Float], on workers: Workers) -> Int? {
  workers.firstIndex(below: numbers.count) { part in
    areProbabilities(numbers.span.extracting(part)) ? nil : part.first { !(0...1 ~= numbers[$0]) }
  }
}
