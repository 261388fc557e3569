import LossCore
import LossKernels
import Objective
import ResourceLimits

/// The reference detector: a backbone, and a head for each stage of a recipe.
///
/// A stage whose priors lie on a feature map gets a convolutional head on the backbone's map, a
/// stage whose priors come from another stage a head on regions. How wide a head is
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
  /// - Throws: ``InputError`` where the recipe doesn't fit the model: priors on several levels or with
  ///   another stride, or given from outside; a loss that can't have so many classes; more predictions
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
    for stage in objective.stages {
      try Self.check(stage, stride: settings.stride)
      let outputs = try HeadOutputs(
        stage, priorsPerCell: stage.priors.priorsPerCell?.first ?? 1, classes: classes)
      let inputs = max(settings.mapChannels, settings.roiChannels.last ?? channels)
      guard Double(outputs.width) * Double(inputs) <= Double(Limits.weights) else {
        throw InputError(
          "stage \(stage.name)",
          "predicts \(outputs.width) numbers for a cell; expected so few that its last layer has "
            + "\(Limits.weights) weights at most")
      }
      var head = StageHead()
      if stage.priors.sourceStage != nil {
        head.region = RegionHead(
          stage: stage.name, outputs: outputs, inputs: channels, settings: settings, seed: seed)
      } else {
        head.map = MapHead(
          stage: stage.name, outputs: outputs, inputs: channels, channels: settings.mapChannels,
          seed: seed)
      }
      heads.append(head)
    }
  }

  /// Checks that the priors of a stage are what the model can have.
  private static func check(_ stage: Stage, stride: Int) throws(InputError) {
    let place = "stage \(stage.name)"
    guard let levels = stage.priors.priorsPerCell else {
      guard stage.priors.sourceStage == nil else { return }
      throw InputError(
        place,
        "takes its priors from outside; the reference detector has none to give: use "
          + "\"proposal_layer\", or priors on a feature map")
    }
    guard levels.count == 1, levels[0] > 0 else {
      throw InputError(
        place,
        "has priors on \(levels.count) levels; the reference detector has one feature map, with "
          + "stride \(stride)")
    }
    // Two neighbouring cells tell the stride.
    let size = ImageSize(height: stride, width: 2 * stride)
    let boxes = try stage.priors.priors(
      for: PriorRequest(
        imageSize: size, featureMaps: [FeatureMap(height: 1, width: 2)],
        groundTruth: GroundTruth(boxes: [], labels: []))
    ).boxes
    guard boxes.count == 2 * levels[0] else {
      throw InputError(
        place, "makes \(boxes.count) priors for two cells; expected \(2 * levels[0])")
    }
    let step = boxes[levels[0]].x1 - boxes[0].x1
    guard abs(step - Float(stride)) < 1e-3 else {
      throw InputError(
        place,
        "lays priors \(step) pixels apart, but the model's feature map has stride \(stride): set "
          + "the recipe's \"strides\" to [\(stride)], or the model's \"strides\" to others")
    }
  }

  /// Calls `body` with the name and the weights of each layer, in a fixed order.
  mutating func forEachWeights(_ body: (String, inout Weights) throws -> Void) rethrows {
    try backbone.forEachWeights(body)
    for index in heads.indices {
      try heads[index].map?.forEachWeights(body)
      try heads[index].region?.forEachWeights(body)
    }
  }

  /// Calls `body` with the name and the running average of each that a layer keeps, in a fixed order.
  mutating func forEachAverage(_ body: (String, inout [Float]) throws -> Void) rethrows {
    try backbone.forEachAverage(body)
  }
}

/// The head of one stage: on the map, or on regions.
struct StageHead: Sendable {
  var map: MapHead?
  var region: RegionHead?

  /// The predictions of a head on the map, or for the regions that are given.
  mutating func forward(
    on regions: [[Box]]?, _ features: Features, _ engine: Engine
  ) throws(InputError) -> [String: Tensor<Float>] {
    if let regions { return try region?.forward(regions, features, engine) ?? [:] }
    return try map?.forward(features, engine) ?? [:]
  }
}
