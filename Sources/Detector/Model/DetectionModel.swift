import LossCore
import LossKernels
import Objective
import ResourceLimits

/// The reference detector: a backbone, and a head for each stage of a recipe.
///
/// A stage whose priors lie on feature maps gets a convolutional head on the backbone's last map, or on a
/// pyramid; a stage whose priors come from another stage a head on regions. How wide a head is
/// follows from the recipe: from what each term's loss reads a prior, and from the priors of a cell.
///
/// Losses are touched through the objective alone: targets first, losses second.
public struct DetectionModel: Sendable {
  /// The architecture.
  public let settings: ModelSettings
  /// What the model is trained with, and which priors its predictions are relative to.
  public let objective: DetectionObjective
  /// The number of foreground classes.
  public let classes: Int

  var backbone: Backbone
  var heads: [StageHead] = []
  /// What the last step predicted: tensors by name, in the layouts of the recipe.
  public internal(set) var predictions: [String: Tensor<Float>] = [:]
  /// The regions of the last training step, image by image, for each stage on regions.
  var regions: [(stage: String, boxes: [[Box]])] = []

  /// A model with random weights, which are a function of the seed.
  ///
  /// - Throws: ``InputError`` where the recipe doesn't fit the model: priors with
  ///   other strides, or given from outside; a loss that can't have so many classes; more predictions
  ///   than memory has weights for.
  public init(
    _ objective: DetectionObjective, classes: Int, settings: ModelSettings, seed: UInt64
  ) throws(InputError) {
    guard (1...Limits.classes).contains(classes) else {
      throw InputError("classes", "are \(classes); expected 1 to \(Limits.classes)")
    }
    self.settings = settings
    self.objective = objective
    self.classes = classes
    backbone = Backbone(settings, seed: seed)
    let channels = settings.channels.last ?? 3
    var names: Set<String> = []
    for stage in objective.stages {
      let maps = try Self.maps(of: stage, settings)
      let outputs = try HeadOutputs(stage, level: 0, classes: classes)
      let inputs = max(settings.mapChannels, settings.roiChannels.last ?? channels)
      guard Double(outputs.width) * Double(inputs) <= Double(Limits.weights) else {
        throw InputError(
          "stage \(stage.name)",
          "predicts \(outputs.width) numbers for a cell; expected so few that its last layer has "
            + "\(Limits.weights) weights at most")
      }
      var head = StageHead()
      if maps.isEmpty {
        head.region = RegionHead(
          stage: stage.name, outputs: outputs, inputs: channels, settings: settings, seed: seed)
      } else {
        head.dense = try DenseHead(
          stage, on: maps, classes: classes, settings: settings, seed: seed)
      }
      for level in 0..<(stage.priors.priorsPerCell?.count ?? 1) {
        let more = Set(stage.terms.map { $0.predictions[level] })
        if let name = names.intersection(more).min() {
          throw InputError(
            "stage \(stage.name)",
            "names prediction \"\(name)\", as another level or stage does; expected one of its own")
        }
        names.formUnion(more)
      }
      heads.append(head)
    }
  }

  /// The maps of the backbone that the priors of a stage lie on, by their convolutions; none for regions.
  ///
  /// - Throws: ``InputError`` where the model can't have such priors.
  private static func maps(
    of stage: Stage, _ settings: ModelSettings
  ) throws(InputError) -> [Int] {
    let stride = settings.stride
    let place = "stage \(stage.name)"
    guard let levels = stage.priors.priorsPerCell else {
      guard stage.priors.sourceStage == nil else { return [] }
      throw InputError(
        place,
        "takes its priors from outside; the reference detector has none to give: use "
          + "\"proposal_layer\", or priors on a feature map")
    }
    guard let perCell = levels.first, perCell > 0, levels.allSatisfy({ $0 == perCell }) else {
      throw InputError(
        place,
        "has \(levels) priors a cell; the levels of the reference detector share one head, and need as "
          + "many on each")
    }
    // Two neighbouring cells of a level tell its stride.
    let boxes = try stage.priors.priors(
      for: PriorRequest(
        imageSize: ImageSize(height: stride, width: 2 * stride),
        featureMaps: levels.map { _ in FeatureMap(height: 1, width: 2) },
        groundTruth: GroundTruth(boxes: [], labels: []))
    ).boxes
    let count = 2 * perCell * levels.count
    guard boxes.count == count else {
      throw InputError(
        place, "makes \(boxes.count) priors for two cells a level; expected \(count)")
    }
    let steps = levels.indices.map { level in
      boxes[(2 * level + 1) * perCell].x1 - boxes[2 * level * perCell].x1
    }
    let maps = settings.maps.filter { Float($0.stride) > steps[0] - 1e-3 }
    let finest = maps.first?.stride ?? 0
    let fits = steps.enumerated().allSatisfy { abs($1 - Float(finest << $0)) < 1e-3 }
    guard fits, steps.count >= maps.count else {
      throw InputError(
        place,
        steps.count == 1
          ? "lays priors \(steps[0]) pixels apart, but the model's feature map has stride \(stride): set "
            + "the recipe's \"strides\" to [\(stride)], or the model's \"strides\" to others"
          : "lays priors \(steps) pixels apart; expected each level twice as far as the one before, and "
            + "among them \(stride), the stride of the model's last map, with none coarser than that "
            + "first: set the \"strides\" of the recipe or of the model to others")
    }
    return maps.map(\.convolution)
  }

  /// Calls `body` with the name and the weights of each layer, in a fixed order.
  mutating func forEachWeights(_ body: (String, inout Weights) throws -> Void) rethrows {
    try backbone.forEachWeights(body)
    for index in heads.indices {
      try heads[index].dense?.forEachWeights(body)
      try heads[index].region?.forEachWeights(body)
    }
  }

  /// Calls `body` with the name and the running average of each that a layer keeps, in a fixed order.
  mutating func forEachAverage(_ body: (String, inout [Float]) throws -> Void) rethrows {
    try backbone.forEachAverage(body)
  }
}

/// The head of one stage: on maps, or on regions.
struct StageHead: Sendable {
  var dense: DenseHead?
  var region: RegionHead?

  /// The predictions of a head on maps of the backbone, or for the regions that are given.
  mutating func forward(
    on regions: [[Box]]?, _ maps: [Features], _ engine: Engine
  ) throws(InputError) -> [String: Tensor<Float>] {
    if let regions { return try region?.forward(regions, maps[maps.count - 1], engine) ?? [:] }
    return try dense?.forward(maps, engine) ?? [:]
  }
}
