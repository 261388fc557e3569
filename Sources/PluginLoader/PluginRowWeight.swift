import LossCore
import PluginABI

/// A row weight of a plugin.
struct PluginRowWeight: PluginPart, RowWeight {
  typealias Functions = losskit_row_weight
  let instance: PluginInstance<Functions>

  var scope: RowScope {
    instance.part.functions.scope == LOSSKIT_SAMPLED_ROWS ? .sampled : .positives
  }

  var reads: Set<StageInput> { Set(flags: instance.part.functions.reads) }

  /// - Throws: ``InputError`` where there isn't what the plugin reads, it fails, or it doesn't give each row a
  ///   finite number of 0 or more.
  func weights(for image: MatchedPriors) throws(InputError) -> [Float] {
    let (reads, count) = (reads, image.priors.count)
    try check(image.predictions, if: reads, of: count)
    try check(image.assignment.overlaps.count, .overlaps, if: reads, of: count)
    try check(image.assignment.quality.count, .quality, if: reads, of: count)
    var weights = [Float](repeating: .nan, count: image.priors(in: scope).count)
    let reason = weights.withUnsafeMutableBufferPointer { weights in
      image.withC(reading: reads, weights: weights.baseAddress) { rows in
        instance.failure { instance.part.functions.weigh?($0, rows, $1, $2) ?? 0 }
      }
    }
    if let reason { throw InputError(instance.part.title, "fails: \(reason)") }
    if let row = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      let found =
        weights[row].isNaN
        ? "has no weight, or one that is no number" : "has the weight \(weights[row])"
      throw InputError(
        instance.part.title, rows: row..<row + 1,
        "\(found); expected a finite number of 0 or more for each of \(weights.count) rows: the "
          + "plugin has a mistake")
    }
    return weights
  }
}

extension MatchedPriors {
  /// What `body` returns of the rows as C reads them.
  fileprivate func withC<Result>(
    reading reads: Set<StageInput>, weights: UnsafeMutablePointer<Float>?,
    _ body: (UnsafePointer<losskit_rows>) -> Result
  ) -> Result {
    let targets = boxTargets.flatMap { [$0.x, $0.y, $0.z, $0.w] }
    return priors.withC { priors in
      boxes.withC { boxes in
        assignment.withC(reading: reads) { matches, overlaps, quality in
          predictions.withC(reading: reads) { scores, predicted in
            sampled.withUnsafeBufferPointer { sampled in
              classes.withUnsafeBufferPointer { labels in
                positives.withUnsafeBufferPointer { positives in
                  targets.withC(if: true) { targets in
                    withUnsafePointer(
                      to: losskit_rows(
                        priors: priors, matches: matches.baseAddress,
                        sampled: sampled.baseAddress, labels: labels.baseAddress,
                        sampled_count: sampled.count, positives: positives.baseAddress,
                        boxes: boxes, box_targets: targets,
                        positive_count: positives.count, scores: scores.baseAddress,
                        class_count: scores.count / max(1, priors.count),
                        predicted_boxes: predicted, overlaps: overlaps, quality: quality,
                        weights: weights), body)
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}
