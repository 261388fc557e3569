import LossCore
import LossKernels

/// For each prior of an image its loss, given what all priors are matched to.
typealias RowLossFunction =
  @Sendable (_ image: Int, _ matched: MatchedPriors, _ workers: Workers) throws(InputError) ->
  [Float]

/// The losses of single priors in the stage's term for classes or objects: how hard each is.
struct RowLosses<Scalar: LossScalar> {
  private let term: Term
  private let map: RowMap<Scalar>

  init(
    of stage: Stage, priors: [Priors], featureMaps: [FeatureMap],
    in predictions: [String: Tensor<Scalar>]
  ) throws(InputError) {
    guard let term = stage.classTerm else {
      throw InputError("stage \(stage.name)", "has no term for classes, whose losses are read")
    }
    self.term = term
    map = try RowMap(
      term, stage: stage, featureMaps: featureMaps, priorCounts: priors.map(\.count),
      in: predictions)
  }

  /// The loss of each prior of an image, neither weighed nor divided; 0 for one that isn't in `matched`.
  func values(
    image: Int, _ matched: MatchedPriors, workers: Workers
  ) throws(InputError) -> [Float] {
    var rows: [Scalar] = []
    var row: [Scalar] = []
    rows.reserveCapacity(matched.sampled.count * map.width)
    for prior in matched.sampled {
      map.read(image: image, prior: prior, into: &row)
      rows += row
    }
    var losses = [Float](repeating: 0, count: matched.priors.count)
    let targets = try term.target.checkedValues(
      for: matched, width: map.width, highestLabel: term.highestLabel(columns: map.width))
    guard case .labels(let labels) = targets else { return losses }
    let result = try term.loss.evaluate(
      Tensor(unchecked: [labels.count, map.width], rows),
      targets: .classes(term.columns(ofLabels: labels[...], width: map.width)),
      reduction: .sumPerRow, gradient: false, workers: workers)
    for (prior, value) in zip(matched.sampled, result.values?.elements ?? []) {
      losses[prior] = Float(value)
    }
    return losses
  }
}
