import LossKit

/// Non-maximum suppression of proposals, best first, at an IoU of 0.7.
struct SuppressionTask: BenchTask {
  private let boxes: [Box]

  /// Takes `boxes`, best first, from `file`.
  init(boxes count: Int, inputs file: (any TensorSource)?) throws {
    let size = ImageSize(height: 800, width: 1000)
    let random = RandomBoxes(seed: 0)
    boxes =
      try file?.boxes(named: "boxes")
      ?? random.proposals(count, around: random.objects(64, in: size), in: size)
  }

  var elements: Int { boxes.count }
  var bytes: Int? { nil }

  func run() -> [Int] { suppressOverlaps(boxes, above: 0.7) }

  func summary(of result: [Int]) -> BenchSummary { BenchSummary(checksumOf: result) }
}
