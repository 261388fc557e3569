import LossCore
import Objective
import ResourceLimits

/// The head of a stage whose priors lie on feature maps: on each level the same ``MapHead``, with the same
/// weights.
///
/// A stage with one level lies on the backbone's last map itself, one with several on a pyramid.
struct DenseHead: Sendable {
  /// Which maps of the backbone the levels lie on, finest first.
  private let maps: [Int]
  private var pyramid: FeaturePyramid?
  /// The head on each level; the weights are the first one's.
  private var levels: [MapHead]

  /// - Parameter maps: Which maps of the backbone the levels lie on, finest first; levels that are left over
  ///   are coarser.
  /// - Throws: ``InputError`` where the head can't predict what the terms of the stage read.
  init(
    _ stage: Stage, on maps: [Int], classes: Int, settings: ModelSettings, seed: UInt64
  ) throws(InputError) {
    self.maps = maps
    let count = stage.priors.priorsPerCell?.count ?? 1
    let channels = settings.mapChannels
    let weights = 9 * Double(channels * channels) * Double(1 + count - maps.count)
    guard weights <= Double(Limits.weights) else {
      throw InputError(
        "stage \(stage.name)",
        "has \(counted(count, "level")), whose convolutions have \(weights) weights; expected \(Limits.weights) at "
          + "most: use fewer, or a smaller map_channels")
    }
    var inputs = maps.map { settings.channels[$0] }
    if count > 1 {
      pyramid = FeaturePyramid(
        name: "\(stage.name).pyramid", inputs: inputs, count: count, channels: channels,
        seed: seed)
      inputs = [channels]
    }
    levels = []
    for level in 0..<count {
      levels.append(
        MapHead(
          stage: stage.name, outputs: try HeadOutputs(stage, level: level, classes: classes),
          inputs: inputs[0], channels: channels, seed: seed))
    }
  }

  mutating func forward(
    _ maps: [Features], _ engine: Engine
  ) throws(InputError) -> [String: Tensor<Float>] {
    let inputs = self.maps.map { maps[$0] }
    pyramid?.forward(inputs, engine)
    var predictions: [String: Tensor<Float>] = [:]
    for (level, input) in (pyramid?.levels ?? inputs).enumerated() {
      if level > 0 { levels[level].takeWeights(of: levels[0]) }
      predictions.merge(try levels[level].forward(input, engine)) { $1 }
    }
    return predictions
  }

  /// Adds the gradient by the maps of the backbone.
  mutating func backward(
    _ gradients: [String: Tensor<Float>], _ predictions: [String: Tensor<Float>],
    _ maps: [Features], to sums: inout [Features], _ engine: Engine
  ) throws(InputError) {
    let inputs = self.maps.map { maps[$0] }
    var parts: [Features] = []
    for (level, input) in (pyramid?.levels ?? inputs).enumerated() {
      parts.append(try levels[level].backward(gradients, predictions, input, engine))
      if level > 0 { levels[0].addGradient(of: levels[level]) }
    }
    if let byMap = pyramid?.backward(parts, inputs, engine) { parts = byMap }
    for (map, part) in zip(self.maps, parts) { sums[map].add(part) }
  }

  mutating func forEachWeights(_ body: (String, inout Weights) throws -> Void) rethrows {
    try pyramid?.forEachWeights(body)
    try levels[0].forEachWeights(body)
  }
}
