import LossCore
import LossKernels
import PluginABI

/// An assigner of a plugin.
struct PluginAssigner: PluginPart, Assigner {
  typealias Functions = losskit_assigner
  let instance: PluginInstance<Functions>

  var reads: Set<StageInput> {
    let flags: [(UInt32, StageInput)] = [
      (LOSSKIT_STRIDES, .strides), (LOSSKIT_SCORES, .scores), (LOSSKIT_BOXES, .boxes),
    ]
    return Set(flags.filter { instance.part.functions.reads & $0.0 != 0 }.map(\.1))
  }

  /// - Throws: ``InputError`` where the plugin fails, or doesn't match each prior to a ground truth that there
  ///   is, background or ignored.
  func assign(
    _ request: AssignmentRequest, workers: Workers
  ) throws(InputError) -> Assignment {
    var matches = [Int32](repeating: .min, count: request.priors.count)
    let reason = matches.withUnsafeMutableBufferPointer { matches in
      request.withC(threads: workers.count, matches: matches.baseAddress) { assignment in
        instance.failure {
          instance.part.functions.assign?($0, assignment, $1, $2) ?? 0
        }
      }
    }
    if let reason { throw InputError(instance.part.title, "fails: \(reason)") }
    try check(matches, objects: request.groundTruth.boxes.count)
    return Assignment(matches: matches)
  }

  private func check(_ matches: [Int32], objects: Int) throws(InputError) {
    guard
      let prior = matches.firstIndex(where: { $0 < Assignment.ignored || Int($0) >= objects })
    else { return }
    let found =
      matches[prior] == .min
      ? "leaves prior \(prior) of \(matches.count) without a match"
      : "matches prior \(prior) to \(matches[prior])"
    throw InputError(
      instance.part.title,
      "\(found); expected "
        + (objects == 0
          ? ""
          : objects == 1 ? "ground truth 0, " : "one of the ground truths 0 to \(objects - 1), ")
        + "LOSSKIT_BACKGROUND or LOSSKIT_IGNORED: the plugin has a mistake")
  }
}

extension AssignmentRequest {
  /// What `body` returns of the request as C reads it.
  fileprivate func withC<Result>(
    threads: Int, matches: UnsafeMutablePointer<Int32>?,
    _ body: (UnsafePointer<losskit_assignment>) -> Result
  ) -> Result {
    priors.withC { priors in
      groundTruth.withC { groundTruth in
        predictions.scores.withUnsafeBufferPointer { scores in
          predictions.boxes.withC { boxes in
            withUnsafePointer(
              to: losskit_assignment(
                priors: priors, ground_truth: groundTruth, image_width: imageSize.width,
                image_height: imageSize.height, step: Int64(step),
                scores: scores.isEmpty ? nil : scores.baseAddress,
                class_count: scores.count / max(1, priors.count),
                predicted_boxes: predictions.boxes.isEmpty ? nil : boxes, threads: threads,
                matches: matches), body)
          }
        }
      }
    }
  }
}

extension GroundTruth {
  /// What `body` returns of the objects as C reads them.
  fileprivate func withC<Result>(_ body: (losskit_ground_truth) -> Result) -> Result {
    boxes.withC { boxes in
      labels.map { Int32(clamping: $0) }.withUnsafeBufferPointer { labels in
        ignoredRegions.withC { regions in
          body(
            losskit_ground_truth(
              boxes: boxes, labels: labels.baseAddress, count: self.boxes.count,
              ignored_regions: regions, ignored_region_count: ignoredRegions.count))
        }
      }
    }
  }
}
