import LossKit
import TestSupport

/// A recipe and a bundle that fit each other, small enough to work out by hand.
///
/// One image of 32 × 32 pixels under a feature map of 2 × 2 cells with an anchor each. The only
/// object covers the first anchor exactly, so that there are 1 positive and 3 negatives.
enum SmallDetector {
  static let recipe = """
    {
      "stages": {
        "dense": {
          "priors": { "type": "centered_anchor_grid", "sizes": [[16]], "ratios": [1], "offset": 0.5 },
          "assigner": { "type": "max_iou", "positive_iou": 0.5, "negative_iou": 0.4 },
          "sampler": "all",
          "coder": "delta_xywh",
          "terms": {
            "cls": {
              "prediction": "scores", "layout": "n c h w", "target": "class",
              "loss": "softmax_cross_entropy", "normalizer": "sampled"
            },
            "box": {
              "prediction": "deltas", "layout": "n c h w", "target": "box",
              "loss": { "type": "smooth_l1", "beta": 1 }, "normalizer": "positives", "weight": 2
            }
          }
        }
      }
    }
    """

  /// Logits of 0, and deltas of (0.5, 0, 0, 2) for the first anchor, whose targets are 0.
  static let tensors: KeyValuePairs<String, AnyTensor> = [
    "image_sizes": .int64(tensor([1, 2], [32, 32])),
    "gt_boxes": .float32(tensor([1, 4], [0, 0, 16, 16])),
    "gt_labels": .int64(tensor([1], [1])),
    "scores": .float32(tensor([1, 2, 2, 2], Array(repeating: 0, count: 8))),
    "deltas": .float32(
      tensor([1, 4, 2, 2], [0.5, 9, 9, 9, 0, 9, 9, 9, 0, 9, 9, 9, 2, 9, 9, 9])),
  ]

  /// A tensor; of rank 0 in the place of one whose shape doesn't fit, which no test gives.
  static func tensor<Element: Sendable>(_ shape: [Int], _ elements: [Element]) -> Tensor<Element> {
    (try? Tensor(shape: shape, elements: elements)) ?? Tensor(elements)
  }
}

extension TemporaryFolder {
  /// Writes the small detector's recipe, and answers its path.
  func recipe(_ name: String = "small.json") throws -> String {
    try write(SmallDetector.recipe, to: name)
  }

  /// Writes the small detector's bundle with some tensors replaced, left out where nothing replaces
  /// them, or added, and answers its path.
  func bundle(replacing changes: [String: AnyTensor?] = [:]) throws -> String {
    let present = SmallDetector.tensors.map { name, tensor in (name, changes[name] ?? tensor) }
    let added = changes.filter { name, _ in !present.contains { $0.0 == name } }
    try SafetensorsFile.write(
      (present + added.map { ($0, $1) }).compactMap { name, tensor in
        tensor.map { (name: name, tensor: $0) }
      }, to: path("small.safetensors"))
    return path("small.safetensors")
  }
}
