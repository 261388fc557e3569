import LossCore
import LossKernels
import Objective

/// Reads detections off a stage's predictions: probabilities by class, multiplied by the quality where the
/// stage predicts one, boxes decoded, overlaps suppressed class by class.
struct DetectionReader: Sendable {
  private let stage: Stage
  private let settings: ModelSettings
  private let places: HeadOutputs.Places
  private let classes: Int
  private let scores: Reader
  private let quality: Reader?
  private let boxes: Reader?

  /// One prediction tensor and where its rows are.
  private struct Reader: Sendable {
    let term: Term
    let columns: Int
    let arrangement: TermArrangement
    let elements: [Float]

    func row(image: Int, prior: Int, slot: Int) -> [Float] {
      let start =
        arrangement.start(image: image, prior: prior)
        + (term.isClassSpecific ? slot * arrangement.slotStep : 0)
      return (0..<columns).map { elements[start + $0 * arrangement.columnStep] }
    }
  }

  /// A reader of the predictions for the priors at `places`.
  ///
  /// - Throws: ``InputError`` where the stage has no term for classes.
  init(
    _ stage: Stage, outputs: HeadOutputs, settings: ModelSettings,
    predictions: [String: Tensor<Float>], places: HeadOutputs.Places
  ) throws(InputError) {
    func reader(_ term: Term) throws(InputError) -> Reader? {
      guard let tensor = predictions[term.predictions[0]] else { return nil }
      return Reader(
        term: term, columns: try term.columns(classes: outputs.classes),
        arrangement: try term.arrangement(
          priorCounts: places.priorCounts, cells: places.map.map { ($0, outputs.priorsPerCell) },
          classes: outputs.classes),
        elements: tensor.elements)
    }
    let term =
      stage.terms.first { $0.target.columns == .classes }
      ?? stage.terms.first { $0.target.columns == .objectness }
    guard let term, let scores = try reader(term) else {
      throw InputError(
        "stage \(stage.name)", "is the last and has no term for classes; nothing can be detected")
    }
    self.stage = stage
    self.settings = settings
    self.places = places
    self.classes = outputs.classes
    self.scores = scores
    quality = try stage.terms.first { $0.target.columns == .quality }.flatMap(reader)
    boxes = try stage.terms.first(where: \.target.columns.areDeltas).flatMap(reader)
  }

  /// The detections of an image, best first; of equals, the one of the earlier class and prior first.
  func detections(_ priors: [Box], image: Int, size: ImageSize) -> [Detection] {
    var candidates: [[Detection]] = Array(repeating: [], count: classes + 1)
    for (prior, box) in priors.enumerated() {
      let row = probabilities(scores, image: image, prior: prior)
      let quality = quality.map { probabilities($0, image: image, prior: prior)[0] } ?? 1
      for (column, probability) in row.enumerated() {
        let score = probability * quality
        let label = scores.term.background.label(ofColumn: column, of: row.count)
        guard label > 0, label <= classes, score >= settings.scoreThreshold else { continue }
        let decoded = boxes.map { reader in
          let row = reader.row(image: image, prior: prior, slot: label)
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

  /// The row of a prior, as probabilities.
  private func probabilities(_ reader: Reader, image: Int, prior: Int) -> [Float] {
    var row = reader.row(image: image, prior: prior, slot: 0)
    reader.term.loss.activation.apply(to: &row)
    return row
  }
}
