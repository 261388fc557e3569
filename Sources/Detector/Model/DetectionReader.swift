import LossCore
import LossKernels
import Objective

/// Reads detections off a stage's predictions: probabilities by class, multiplied by the probability of an
/// object and by the quality where the stage predicts them, boxes decoded, overlaps suppressed class by class.
struct DetectionReader: Sendable {
  private let stage: Stage
  private let settings: ModelSettings
  private let classes: Int
  private let scores: Reader
  /// The terms whose probabilities scores are multiplied by.
  private let factors: [Reader]
  private let boxes: Reader?

  /// A term and the rows of its predictions.
  private struct Reader: Sendable {
    let term: Term
    let rows: PredictionRows<Float>

    func row(image: Int, prior: Int, label: Int) -> [Float] {
      var row: [Float] = []
      let slot = rows.slots.flatMap { term.background.column(ofLabel: label, of: $0) }
      rows.read(image: image, prior: prior, slot: slot ?? 0, into: &row)
      return row
    }

    /// The row of a prior, as probabilities.
    func probabilities(image: Int, prior: Int) -> [Float] {
      var row = row(image: image, prior: prior, label: 0)
      term.loss.activation.apply(to: &row)
      return row
    }

    /// The probability of an object at a prior, or its quality.
    func probability(image: Int, prior: Int) -> Float {
      let row = probabilities(image: image, prior: prior)
      return row[term.background.foreground(of: row.count).lowerBound]
    }
  }

  /// A reader of the predictions for the priors of each image, which lie on `maps` if the stage's do.
  ///
  /// - Throws: ``InputError`` where the stage has no term for classes, or a prediction isn't finite.
  init(
    _ stage: Stage, priors: [[Box]], maps: [FeatureMap], classes: Int, settings: ModelSettings,
    tensors: inout PredictionTensors<Float>
  ) throws(InputError) {
    func reader(_ term: Term) throws(InputError) -> Reader {
      Reader(
        term: term,
        rows: try tensors.rows(
          of: term, stage, featureMaps: maps, priorCounts: priors.map(\.count)))
    }
    guard let classTerm = stage.classTerm else {
      throw InputError(
        "stage \(stage.name)", "is the last and has no term for classes; nothing can be detected")
    }
    self.stage = stage
    self.settings = settings
    self.classes = classes
    scores = try reader(classTerm)
    factors = try [stage.objectTerm, stage.terms.first { $0.target.columns == .quality }]
      .compactMap(\.self).map(reader)
    boxes = try stage.boxTerm.map(reader)
  }

  /// The detections of an image, best first; of equals, the one of the earlier class and prior first.
  func detections(_ priors: [Box], image: Int, size: ImageSize) -> [Detection] {
    var candidates: [[Detection]] = Array(repeating: [], count: classes + 1)
    for (prior, box) in priors.enumerated() {
      let row = scores.probabilities(image: image, prior: prior)
      let factor = factors.reduce(1) { $0 * $1.probability(image: image, prior: prior) }
      let columns = scores.term.labelColumns(of: row.count)
      for (column, probability) in row.prefix(columns).enumerated() {
        let score = probability * factor
        let label = scores.term.background.label(ofColumn: column, of: columns)
        guard label > 0, label <= classes, score >= settings.scoreThreshold else { continue }
        let decoded = boxes.map { reader in
          let row = reader.row(image: image, prior: prior, label: label)
          return stage.coder.decode(stage.coder.deltas(of: row), relativeTo: box)
        }
        let clipped = (decoded ?? box).clipped(to: size)
        guard clipped.isFinite, clipped.width() > 0, clipped.height() > 0 else { continue }
        candidates[label].append(Detection(box: clipped, label: label, score: score))
      }
    }
    var kept: [Detection] = []
    for candidates in candidates {
      var list = BoxList(extent: 0)
      for detection in sorted(candidates) {
        guard !list.overlaps(detection.box.corners, above: settings.suppressionIoU) else {
          continue
        }
        list.append(detection.box.corners)
        kept.append(detection)
      }
    }
    return Array(sorted(kept).prefix(settings.detections))
  }

  private func sorted(_ detections: [Detection]) -> [Detection] {
    detections.enumerated().sorted {
      ($1.element.score, $0.offset) < ($0.element.score, $1.offset)
    }.map(\.element)
  }
}
