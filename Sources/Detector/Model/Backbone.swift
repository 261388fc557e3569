import LossKernels

/// Convolutions, each with batch normalization and ReLU.
struct Backbone: Sendable {
  private(set) var convolutions: [Convolution] = []
  private(set) var normalizations: [BatchNormalization] = []

  init(_ settings: ModelSettings, seed: UInt64) {
    var inputs = 3
    for (index, channels) in settings.channels.enumerated() {
      convolutions.append(
        Convolution(
          from: inputs, to: channels, stride: settings.strides[index], seed: seed,
          name: Self.name(index)))
      normalizations.append(BatchNormalization(channels: channels))
      inputs = channels
    }
  }

  /// The map after each convolution.
  var maps: [Features] { normalizations.map(\.output) }

  mutating func forward(_ input: Features, isTraining: Bool, _ engine: Engine) {
    for index in convolutions.indices {
      convolutions[index].forward(
        index == 0 ? input : normalizations[index - 1].output, engine)
      normalizations[index].forward(
        convolutions[index].output, isTraining: isTraining, engine)
    }
  }

  /// - Parameter gradients: The gradient by each of ``maps`` that doesn't come from the next one; no maps are 0.
  mutating func backward(_ gradients: [Features], input: Features, _ engine: Engine) {
    for index in convolutions.indices.reversed() {
      var gradient =
        index == convolutions.count - 1 ? Features() : convolutions[index + 1].inputGradient
      gradient.add(gradients[index])
      normalizations[index].backward(gradient, input: convolutions[index].output, engine)
      convolutions[index].backward(
        normalizations[index].inputGradient,
        input: index == 0 ? input : normalizations[index - 1].output,
        wantsInputGradient: index > 0, engine)
    }
  }

  mutating func forEachWeights(_ body: (String, inout Weights) throws -> Void) rethrows {
    for index in convolutions.indices {
      try body("\(Self.name(index)).weight", &convolutions[index].weights)
      try body("\(Self.name(index)).scale", &normalizations[index].scale)
      try body("\(Self.name(index)).shift", &normalizations[index].shift)
    }
  }

  mutating func forEachAverage(_ body: (String, inout [Float]) throws -> Void) rethrows {
    for index in normalizations.indices {
      try body("\(Self.name(index)).mean", &normalizations[index].runningMean)
      try body("\(Self.name(index)).variance", &normalizations[index].runningVariance)
    }
  }

  private static func name(_ index: Int) -> String { "backbone.\(index)" }
}
