import LossCore
import PluginABI

extension AssignmentRequest {
  /// What `body` returns of the image as C reads it, with the predictions that are read.
  func withC<Result>(
    reading reads: Set<StageInput>, _ body: (losskit_image) -> Result
  ) -> Result {
    priors.withC { priors in
      groundTruth.withC { groundTruth in
        predictions.withC(reading: reads) { scores, boxes in
          body(
            losskit_image(
              priors: priors, ground_truth: groundTruth, width: imageSize.width,
              height: imageSize.height, step: Int64(step), scores: scores.baseAddress,
              class_count: scores.count / max(1, priors.count), predicted_boxes: boxes))
        }
      }
    }
  }
}

extension StagePredictions {
  /// What `body` returns of the predictions that are read; `nil` for the others.
  func withC<Result>(
    reading reads: Set<StageInput>,
    _ body: (UnsafeBufferPointer<Float>, UnsafePointer<losskit_box>?) -> Result
  ) -> Result {
    scores.withUnsafeBufferPointer { scores in
      boxes.withC { boxes in
        body(
          reads.contains(.scores) ? scores : UnsafeBufferPointer(start: nil, count: 0),
          reads.contains(.boxes) ? boxes : nil)
      }
    }
  }
}

extension Priors {
  /// What `body` returns of the priors as C reads them.
  func withC<Result>(_ body: (losskit_priors) -> Result) -> Result {
    let levels = levels.map { losskit_level(count: $0.count, stride: $0.stride ?? 0) }
    return boxes.withC { boxes in
      levels.withUnsafeBufferPointer {
        body(
          losskit_priors(
            boxes: boxes, count: count, levels: $0.baseAddress, level_count: $0.count))
      }
    }
  }
}

extension GroundTruth {
  /// What `body` returns of the objects as C reads them.
  fileprivate func withC<Result>(_ body: (losskit_ground_truth) -> Result) -> Result {
    let labels = labels.map { Int32(clamping: $0) }
    return boxes.withC { boxes in
      labels.withUnsafeBufferPointer { labels in
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

extension [Box] {
  /// What `body` returns of the boxes as C reads them.
  func withC<Result>(_ body: (UnsafePointer<losskit_box>?) -> Result) -> Result {
    // Both are four floats, x1, y1, x2, y2.
    withUnsafeBytes { body($0.baseAddress?.assumingMemoryBound(to: losskit_box.self)) }
  }
}

extension [Float] {
  /// What `body` returns of the numbers as C reads them, `nil` unless they `are` read.
  func withC<Result>(if areRead: Bool, _ body: (UnsafePointer<Float>?) -> Result) -> Result {
    withUnsafeBufferPointer { body(areRead ? $0.baseAddress : nil) }
  }

  /// What `body` returns of the numbers for C to write, `nil` if there are none.
  mutating func withMutableC<Result>(
    _ body: (UnsafeMutablePointer<Float>?) -> Result
  ) -> Result {
    withUnsafeMutableBufferPointer { body($0.isEmpty ? nil : $0.baseAddress) }
  }
}
