import DetectorKernels
import LossCore
import Objective

/// The head of a stage on one feature map: the RPN's 3 × 3 convolution, and a 1 × 1 convolution to the
/// predictions.
struct MapHead: Sendable {
  let stage: String
  let outputs: HeadOutputs
  private var convolution: Convolution
  private var activation: ReLU
  private var predictor: FullyConnected
  /// What the ReLU made, and the gradient by it.
  private var hidden = Features()
  private var hiddenGradient = Features()
  private var convolutionGradient = Features()

  init(
    stage: String, outputs: HeadOutputs, inputs: Int, channels: Int, seed: UInt64
  ) {
    self.stage = stage
    self.outputs = outputs
    convolution = Convolution(
      from: inputs, to: channels, seed: seed, name: "\(stage).convolution")
    activation = ReLU(channels: channels)
    predictor = FullyConnected(
      from: channels, to: outputs.width, variance: 1e-4, seed: seed, name: "\(stage).predictor")
  }

  func places(_ features: Features) -> HeadOutputs.Places {
    let count = features.height * features.width * outputs.priorsPerCell
    return HeadOutputs.Places(
      priorCounts: Array(repeating: count, count: features.images),
      map: FeatureMap(height: features.height, width: features.width))
  }

  mutating func forward(
    _ features: Features, _ engine: Engine
  ) throws(InputError) -> [String: Tensor<Float>] {
    convolution.forward(features, engine)
    let output = convolution.output
    if !hidden.hasShape(of: output, channels: output.channels) {
      hidden = Features(
        images: output.images, height: output.height, width: output.width,
        channels: output.channels)
      hiddenGradient = hidden
      convolutionGradient = hidden
    }
    activation.forward(output.elements, output.rows, into: &hidden.elements, engine)
    let rows = GatheredRows(starts: hidden.cellStarts, length: hidden.channels)
    let result = predictor.forward(rows, of: hidden.elements, engine)
    return try outputs.predictions(result, places(features))
  }

  /// The gradient by the features.
  mutating func backward(
    _ gradients: [String: Tensor<Float>], _ predictions: [String: Tensor<Float>],
    _ features: Features, _ engine: Engine
  ) throws(InputError) -> Features {
    let gradient = try outputs.gradient(gradients, predictions, places(features))
    let rows = GatheredRows(starts: hidden.cellStarts, length: hidden.channels)
    predictor.backward(
      gradient, rows, of: hidden.elements, into: &hiddenGradient.elements, engine)
    activation.backward(
      hiddenGradient.elements, convolution.output.elements, hidden.rows,
      into: &convolutionGradient.elements, engine)
    convolution.backward(convolutionGradient, input: features, engine)
    return convolution.inputGradient
  }

  /// Has the weights of the head on another level.
  mutating func takeWeights(of other: MapHead) {
    convolution.weights.values = other.convolution.weights.values
    activation.bias.values = other.activation.bias.values
    predictor.weights.values = other.predictor.weights.values
    predictor.bias.values = other.predictor.bias.values
  }

  /// Adds the gradient by the weights that the head on another level has.
  mutating func addGradient(of other: MapHead) {
    func add(_ part: Weights, to sum: inout Weights) {
      for place in sum.gradient.indices { sum.gradient[place] += part.gradient[place] }
    }
    add(other.convolution.weights, to: &convolution.weights)
    add(other.activation.bias, to: &activation.bias)
    add(other.predictor.weights, to: &predictor.weights)
    add(other.predictor.bias, to: &predictor.bias)
  }

  mutating func forEachWeights(_ body: (String, inout Weights) throws -> Void) rethrows {
    try body("\(stage).convolution.weight", &convolution.weights)
    try body("\(stage).convolution.bias", &activation.bias)
    try body("\(stage).predictor.weight", &predictor.weights)
    try body("\(stage).predictor.bias", &predictor.bias)
  }
}
