import LossCore

/// Weighs a positive by the largest of its predicted class probabilities.
public struct LargestScoreWeight: RowWeight {
  public static let declaration = Declaration(
    name: "max_score",
    summary: "The largest predicted probability of a class; positives only.",
    formula: "max over classes of the predicted probability, detached",
    source: "Li et al. 2020, arXiv:2006.04388; GFLHead of mmdetection")

  public init(parameters: Parameters) {}

  public var scope: RowScope { .positives }
  public var reads: Set<StageInput> { [.scores] }

  public func weights(for image: MatchedPriors) throws(InputError) -> [Float] {
    try largestScores(of: image)
  }
}

/// The largest predicted probability of a class, of each positive.
func largestScores(of image: MatchedPriors) throws(InputError) -> [Float] {
  let scores = image.predictions.scores
  let classes = scores.count / max(1, image.priors.count)
  guard classes > 0 || image.positives.isEmpty else {
    throw InputError("scores", "there are \(scores.count) for \(image.priors.count) priors")
  }
  return image.positives.map { scores[$0 * classes..<($0 + 1) * classes].max() ?? 0 }
}
