import LossCore
import LossKernels

/// The losses of single priors in the stage's term for classes or objects: how hard each is.
struct RowLosses<Scalar: LossScalar>: Sendable {
  private let term: Term
  private let rows: PredictionRows<Scalar>

  init(
    of stage: Stage, priors: [Priors], featureMaps: [FeatureMap],
    in tensors: inout PredictionTensors<Scalar>
  ) throws(InputError) {
    guard let term = stage.classTerm else {
      throw InputError("stage \(stage.name)", "has no term for classes, whose losses are read")
    }
    self.term = term
    rows = try tensors.rows(
      of: term, stage, featureMaps: featureMaps, priorCounts: priors.map(\.count))
  }

  /// The loss of each prior of an image, neither weighed nor divided; 0 for one that isn't in `matched`.
  func values(
    image: Int, _ matched: MatchedPriors, workers: Workers
  ) throws(InputError) -> [Float] {
    var elements: [Scalar] = []
    var row: [Scalar] = []
    elements.reserveCapacity(matched.sampled.count * rows.width)
    for prior in matched.sampled {
      rows.read(image: image, prior: prior, into: &row)
      elements += row
    }
    var losses = [Float](repeating: 0, count: matched.priors.count)
    let targets = try term.target.checkedValues(
      for: matched, width: rows.width, highestLabel: term.highestLabel(columns: rows.width))
    guard case .labels(let labels) = targets else { return losses }
    let result = try term.loss.evaluate(
      Tensor(unchecked: [labels.count, rows.width], elements),
      targets: .classes(term.columns(ofLabels: labels[...], width: rows.width)),
      reduction: .sumPerRow, gradient: false, workers: workers)
    for (prior, value) in zip(matched.sampled, result.values?.elements ?? []) {
      losses[prior] = Float(value)
    }
    return losses
  }
}
