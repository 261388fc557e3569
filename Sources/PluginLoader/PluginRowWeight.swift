import LossCore
import PluginABI

/// A row weight of a plugin.
struct PluginRowWeight: PluginPart, RowWeight {
  typealias Functions = losskit_row_weight
  let instance: PluginInstance<Functions>

  var scope: RowScope {
    instance.part.functions.scope == LOSSKIT_SAMPLED ? .sampled : .positives
  }

  /// - Throws: ``InputError`` where the plugin fails, or doesn't give each row a finite number of 0 or more.
  func weights(for image: MatchedPriors) throws(InputError) -> [Float] {
    var weights = [Float](repeating: .nan, count: image.priors(in: scope).count)
    let reason = weights.withUnsafeMutableBufferPointer { weights in
      image.withC(weights: weights.baseAddress) { rows in
        instance.failure { instance.part.functions.weigh?($0, rows, $1, $2) ?? 0 }
      }
    }
    if let reason { throw InputError(instance.part.title, "fails: \(reason)") }
    if let row = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw InputError(
        instance.part.title, rows: row..<row + 1,
        (weights[row].isNaN
          ? "has no weight, or one that is no number" : "has the weight \(weights[row])")
          + "; expected a finite number of 0 or more for each of \(weights.count) rows: the plugin "
          + "has a mistake")
    }
    return weights
  }
}

extension MatchedPriors {
  /// What `body` returns of the rows as C reads them.
  fileprivate func withC<Result>(
    weights: UnsafeMutablePointer<Float>?, _ body: (UnsafePointer<losskit_rows>) -> Result
  ) -> Result {
    let targets = boxTargets.flatMap { [$0.x, $0.y, $0.z, $0.w] }
    return priors.withC { priors in
      boxes.withC { boxes in
        assignment.matches.withUnsafeBufferPointer { matches in
          sampled.withUnsafeBufferPointer { sampled in
            classes.withUnsafeBufferPointer { labels in
              positives.withUnsafeBufferPointer { positives in
                targets.withUnsafeBufferPointer { targets in
                  withUnsafePointer(
                    to: losskit_rows(
                      priors: priors, matches: matches.baseAddress, sampled: sampled.baseAddress,
                      labels: labels.baseAddress, sampled_count: sampled.count,
                      positives: positives.baseAddress, boxes: boxes,
                      box_targets: targets.baseAddress, target_width: 4,
                      positive_count: positives.count, weights: weights), body)
                }
              }
            }
          }
        }
      }
    }
  }
}
