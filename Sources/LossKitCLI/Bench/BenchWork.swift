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

  /// All other works, with those of plugins' losses and an objective's for each recipe.
  static func all(registry: Registry, recipes: [DetectionRecipe]) throws -> [BenchWork] {
    try losses(of: try registry.withRivals()) + pluginLosses(of: registry) + others
      + recipes.map {
        BenchWork(.objective($0.objective), 2, 600, 1000, named: $0.objective.name)
      }
  }

  /// One and four columns for each loss of a library, whose name has a slash, that needs no parameters.
  private static func pluginLosses(of registry: Registry) -> [BenchWork] {
    registry.losses.entries.filter { $0.declaration.name.contains("/") }
      .compactMap { try? $0.make([:]) }
      .flatMap { loss in
        [1, 4].map { BenchWork(.loss(loss, [:]), 262_144, $0) }
      }
  }

  private static func losses(of registry: Registry) throws -> [BenchWork] {
    try lossShapes.map { name, parameters, rows, width in
      guard let entry = registry.losses[name] else {
        throw BenchError("the loss \(Diagnostic.quote(name)) is not registered")
      }
      return BenchWork(.loss(try entry.make(parameters), parameters), rows, width)
    }
  }

  private static let lossShapes: [(String, [String: ParameterValue], rows: Int, width: Int)] = [
    ("softmax_cross_entropy", [:], 1_048_576, 2),
    ("softmax_cross_entropy", [:], 262_144, 21),
    ("softmax_cross_entropy", [:], 65_536, 81),
    ("softmax_cross_entropy", [:], 8_192, 1_204),
    ("nll", [:], 1_048_576, 2),
    ("nll", [:], 65_536, 81),
    ("bce_with_logits", [:], 262_144, 1),
    ("bce_with_logits", [:], 4_194_304, 1),
    ("bce_with_logits_by_hand", [:], 4_194_304, 1),
    ("bce", [:], 1_048_576, 4),
    ("smooth_l1", ["beta": .number(1.0 / 9)], 1_048_576, 4),
    ("huber", [:], 1_048_576, 4),
    ("huber_by_hand", [:], 1_048_576, 4),
    ("l1", [:], 1_048_576, 4),
    ("l2", [:], 1_048_576, 4),
    ("iou", [:], 262_144, 4),
    ("giou", [:], 262_144, 4),
    ("diou", [:], 262_144, 4),
    ("ciou", [:], 262_144, 4),
  ]

  private static let others = [
    BenchWork(.logSoftmax, 1_048_576, 2),
    BenchWork(.logSoftmax, 65_536, 81),
    BenchWork(.assignment, 200_000, 8),
    BenchWork(.assignment, 200_000, 64),
    BenchWork(.assignment, 200_000, 500),
    BenchWork(.assignment, 200_000, 1_500),
    BenchWork(.assignment, 200_000, 10_000),
    BenchWork(.suppression, 2_000),
    BenchWork(.suppression, 12_000),
  ]
}
