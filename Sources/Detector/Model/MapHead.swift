import DetectorKernels
import LossCore
import Objective

/// The head of a stage whose priors lie on the feature map: the RPN's 3 × 3 convolution, and a 1 × 1
/// convolution to the predictions.
struct MapHead: Sendable {
  let stage: String
  let outputs: HeadOutputs
  private var convolution: Convolution
  private var rectifier: Rectifier
  private var predictor: FullyConnected
  /// What the rectifier made, and the gradient by it.
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
    rectifier = Rectifier(channels: channels)
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
    rectifier.forward(output.elements, output.rows, into: &hidden.elements, engine)
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
    rectifier.backward(
      hiddenGradient.elements, convolution.output.elements, hidden.rows,
      into: &convolutionGradient.elements, engine)
    convolution.backward(convolutionGradient, input: features, engine)
    return convolution.inputGradient
  }

  mutating func forEachWeights(_ body: (String, inout Weights) throws -> Void) rethrows {
    try body("\(stage).convolution.weight", &convolution.weights)
    try body("\(stage).convolution.bias", &rectifier.bias)
    try body("\(stage).predictor.weight", &predictor.weights)
    try body("\(stage).predictor.bias", &predictor.bias)
  }
}
