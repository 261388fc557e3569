import LossKit

/// A row of the benchmark: an operation and how much of it.
package struct BenchWork: Sendable {
  /// The name at full size, such as `softmax_cross_entropy/65536x81`.
  package let name: String
  package let operation: BenchOperation
  /// How much of it, scaled.
  package let shape: [Int]

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
  package func scaled(by scale: Double) -> BenchWork {
    BenchWork(self, shape: operation.scaled(shape, by: scale))
  }

  /// The measure of the memory's bandwidth, part of every run.
  package static let streamingAdd = BenchWork(.streamingAdd, 4_194_304)

  /// All other works, with those of plugins' losses and an objective's for each recipe.
  package static func all(registry: Registry, recipes: [DetectionRecipe]) throws -> [BenchWork] {
    try losses(of: try registry.withRivals().withFormulaRivals()) + pluginLosses(of: registry)
      + others
      + recipes.map { objective($0.objective) }
  }

  /// Two images: those of dense heads and of queries with the classes of COCO.
  private static func objective(_ objective: DetectionObjective) -> BenchWork {
    objective.stages.count == 1 || objective.stages.allSatisfy { $0.priors is Queries }
      ? BenchWork(.objective(objective), 2, 800, 1000, 80, named: objective.name)
      : BenchWork(.objective(objective), 2, 600, 1000, 20, named: objective.name)
  }

  /// One and four columns for each loss of a library, whose name has a slash, that needs no parameters.
  private static func pluginLosses(of registry: Registry) -> [BenchWork] {
    registry.losses.entries.filter { $0.declaration.name.contains("/") }
      .compactMap { try? $0.make([:]) }
      .flatMap { loss in
        [1, 4].map { BenchWork(.loss(loss, [:]), 262_144, $0) }
      }
  }

  private typealias Size = (parameters: [String: ParameterValue], rows: Int, width: Int)

  private static func losses(of registry: Registry) throws -> [BenchWork] {
    // A loss that must be told what to compute has rivals that were.
    try registry.losses.entries.filter {
      !$0.declaration.name.contains("/") && $0.declaration.needsNoParameters
    }.flatMap { entry in
      let sizes = try special[entry.declaration.name] ?? sizes(of: try entry.make([:]))
      return try sizes.map {
        BenchWork(.loss(try entry.make($0.parameters), $0.parameters), $0.rows, $0.width)
      }
    }
  }

  /// What a loss is measured on by its kind.
  private static func sizes(of loss: any Loss) -> [Size] {
    switch loss {
    case is any ClassLoss: [([:], 1_048_576, 2), ([:], 65_536, 81)]
    case _ where loss.predictionKind == .boxes: [([:], 262_144, 4)]
    default: [([:], 1_048_576, 4)]
    }
  }

  /// What losses are measured on that detectors call with other shapes or parameters.
  private static let special: [String: [Size]] = [
    "softmax_cross_entropy": [
      ([:], 1_048_576, 2), ([:], 262_144, 21), ([:], 65_536, 81), ([:], 8_192, 1_204),
    ],
    "bce_with_logits": [([:], 262_144, 1), ([:], 4_194_304, 1)],
    "bce_with_logits_by_hand": [([:], 4_194_304, 1)],
    "sigmoid_focal": [([:], 65_536, 80)],
    "quality_focal": [([:], 65_536, 80)],
    "gaussian_focal": [([:], 65_536, 80)],
    "varifocal": [([:], 65_536, 80)],
    "distribution_focal": [([:], 131_072, 17)],
    "knowledge_distillation": [([:], 131_072, 17)],
    "dice": [([:], 256, 16_384)],
    "tversky": [([:], 256, 16_384)],
    "multi_positive_cross_entropy": [([:], 1_024, 1_024)],
    "ghm_c": [([:], 65_536, 80)],
    "seesaw": [([:], 16_384, 82), ([:], 1_024, 1_205)],
    "equalization_v2": [([:], 16_384, 81), ([:], 1_024, 1_204)],
    "smooth_l1": [(["beta": .number(1.0 / 9)], 1_048_576, 4)],
    "bce_with_logits_formula": [([:], 4_194_304, 1)],
    "sigmoid_focal_formula": [([:], 65_536, 80)],
  ]

  private static let others =
    [BenchWork(.logSoftmax, 1_048_576, 2), BenchWork(.logSoftmax, 65_536, 81)]
    + [8, 64, 500, 1_500, 10_000].map { BenchWork(.assignment(.maxIoU), 200_000, $0) }
    + [AssignmentTask.Kind.atss, .taskAligned, .simOTA, .dynamicSoftLabel].flatMap { kind in
      [8_400, 200_000].flatMap { priors in
        [10, 100, 1_000].map { BenchWork(.assignment(kind), priors, $0) }
      }
    } + [
      BenchWork(.assignment(.hungarian), 300, 100), BenchWork(.assignment(.hungarian), 900, 300),
      BenchWork(.suppression, 2_000), BenchWork(.suppression, 12_000),
    ]
}
