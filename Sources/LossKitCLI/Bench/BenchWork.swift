import LossKit

/// A row of the benchmark: an operation and how much of it.
struct BenchWork: Sendable {
  /// The name at full size, such as `softmax_cross_entropy/65536x81`.
  let name: String
  let operation: BenchOperation
  /// How much of it, scaled.
  let shape: [Int]

  private init(_ operation: BenchOperation, _ shape: Int..., named label: String? = nil) {
    self.operation = operation
    self.shape = shape
    name = "\(operation.name)/\(label ?? shape.map(String.init).joined(separator: "x"))"
  }

  private init(_ work: BenchWork, shape: [Int]) {
    name = work.name
    operation = work.operation
    self.shape = shape
  }

  /// The same work with less to do.
  func scaled(by scale: Double) -> BenchWork {
    BenchWork(self, shape: operation.scaled(shape, by: scale))
  }

  /// The measure of the memory's bandwidth, part of every run.
  static let streamingAdd = BenchWork(.streamingAdd, 4_194_304)

  /// All other works, with an objective's for each recipe.
  static func all(recipes: [DetectionRecipe]) -> [BenchWork] {
    losses + boxes
      + recipes.map {
        BenchWork(.objective($0.objective), 2, 600, 1000, named: $0.objective.name)
      }
  }

  private static let losses = [
    BenchWork(.loss("softmax_cross_entropy", [:]), 1_048_576, 2),
    BenchWork(.loss("softmax_cross_entropy", [:]), 262_144, 21),
    BenchWork(.loss("softmax_cross_entropy", [:]), 65_536, 81),
    BenchWork(.loss("softmax_cross_entropy", [:]), 8_192, 1_204),
    BenchWork(.logSoftmax, 1_048_576, 2),
    BenchWork(.logSoftmax, 65_536, 81),
    BenchWork(.loss("nll", [:]), 1_048_576, 2),
    BenchWork(.loss("nll", [:]), 65_536, 81),
    BenchWork(.loss("bce_with_logits", [:]), 262_144, 1),
    BenchWork(.loss("bce_with_logits", [:]), 4_194_304, 1),
    BenchWork(.loss("bce_with_logits_by_hand", [:]), 4_194_304, 1),
    BenchWork(.loss("bce", [:]), 1_048_576, 4),
    BenchWork(.loss("smooth_l1", ["beta": .number(1.0 / 9)]), 1_048_576, 4),
    BenchWork(.loss("huber", [:]), 1_048_576, 4),
    BenchWork(.loss("huber_by_hand", [:]), 1_048_576, 4),
    BenchWork(.loss("l1", [:]), 1_048_576, 4),
    BenchWork(.loss("l2", [:]), 1_048_576, 4),
    BenchWork(.loss("iou", [:]), 262_144, 4),
    BenchWork(.loss("giou", [:]), 262_144, 4),
    BenchWork(.loss("diou", [:]), 262_144, 4),
    BenchWork(.loss("ciou", [:]), 262_144, 4),
  ]

  private static let boxes = [
    BenchWork(.assignment, 200_000, 8),
    BenchWork(.assignment, 200_000, 64),
    BenchWork(.assignment, 200_000, 500),
    BenchWork(.assignment, 200_000, 1_500),
    BenchWork(.assignment, 200_000, 10_000),
    BenchWork(.suppression, 2_000),
    BenchWork(.suppression, 12_000),
  ]
}
