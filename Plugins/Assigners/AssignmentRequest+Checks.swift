import LossCore
import LossKernels

extension AssignmentRequest {
  /// The number of classes that scores have columns for.
  var classes: Int { predictions.scores.count / max(1, priors.count) }

  /// Checks that there are predicted boxes, finite ones, and scores from 0 to 1.
  ///
  /// - Throws: ``InputError`` that names prior and ground truth.
  func checkPredictions(for assigner: String, on workers: Workers) throws(InputError) {
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
  }
}

/// The index of the first number that isn't one from 0 to 1.
func firstNoProbability(among numbers: [Float], on workers: Workers) -> Int? {
  let size = 1 << 16
  return workers.map(below: (numbers.count + size - 1) / size) { block in
    (block * size..<min(numbers.count, (block + 1) * size)).first { !(0...1 ~= numbers[$0]) }
  }.lazy.compactMap { $0 }.first
}
