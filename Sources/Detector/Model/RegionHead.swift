import DetectorKernels
import LossCore
import LossKernels
import Objective

/// The head of a stage whose priors are proposals: RoIAlign, fully connected layers with rectifier, and
/// one more to the predictions.
struct RegionHead: Sendable {
  let stage: String
  let outputs: HeadOutputs
  private let align: RoIAlign
  private let stride: Int
  private let channels: Int
  private var layers: [FullyConnected] = []
  private var rectifiers: [Rectifier] = []
  private var predictor: FullyConnected
  /// What the last forward step made: bins, their places, and around each rectifier its input and
  /// output.
  private var bins: [WeightedRows] = []
  private var places = HeadOutputs.Places(priorCounts: [])
  private var regions: [Float] = []
  private var inputs: [[Float]] = []
  private var hidden: [[Float]] = []

  init(
    stage: String, outputs: HeadOutputs, inputs channels: Int, settings: ModelSettings,
    seed: UInt64
  ) {
    self.stage = stage
    self.outputs = outputs
    self.channels = channels
    stride = settings.stride
    align = RoIAlign(size: settings.roiSize, samples: settings.roiSamples)
    var width = settings.roiSize * settings.roiSize * channels
    for (index, next) in settings.roiChannels.enumerated() {
      layers.append(
        FullyConnected(
          from: width, to: next, variance: 2 / Double(width), seed: seed,
          name: "\(stage).layer.\(index)"))
      rectifiers.append(Rectifier(channels: next))
      width = next
    }
    predictor = FullyConnected(
      from: width, to: outputs.width, variance: 1e-4, seed: seed, name: "\(stage).predictor")
  }

  /// The predictions for the boxes of each image.
  mutating func forward(
    _ boxes: [[Box]], _ features: Features, _ engine: Engine
  ) throws(InputError) -> [String: Tensor<Float>] {
    places = HeadOutputs.Places(priorCounts: boxes.map(\.count))
    let (align, stride) = (align, stride)
    let bins = engine.workers.map(below: boxes.count) { image in
      align.bins(of: boxes[image], image: image, stride: stride, in: features)
    }
    let count = boxes.reduce(0) { $0 + $1.count }
    let width = align.size * align.size * channels
    if regions.count != count * width + matrixTileWidth {
      regions = zeros(count * width + matrixTileWidth)
    }
    self.bins = bins
    let channels = channels
    var target = regions.mutableSpan
    WeightedRows.multiply(
      bins, features.elements.span, width: channels, into: &target, workers: engine.workers)

    inputs = []
    hidden = []
    var row = width
    for (layer, rectifier) in zip(layers, rectifiers) {
      let output = layer.forward(
        GatheredRows(count: count, length: row), of: hidden.last ?? regions, engine)
      row = layer.outputs
      var rectified: [Float] = zeros(output.count)
      rectifier.forward(output, rows(count, row), into: &rectified, engine)
      inputs.append(output)
      hidden.append(rectified)
    }
    let result = predictor.forward(
      GatheredRows(count: count, length: row), of: hidden.last ?? regions, engine)
    return try outputs.predictions(result, places)
  }

  /// Adds the gradient by the features.
  mutating func backward(
    _ gradients: [String: Tensor<Float>], _ predictions: [String: Tensor<Float>],
    to features: inout Features, _ engine: Engine
  ) throws(InputError) {
    let count = places.priorCounts.reduce(0, +)
    var gradient = try outputs.gradient(gradients, predictions, places)
    var next: [Float] = zeros((hidden.last ?? regions).count)
    predictor.backward(
      gradient, GatheredRows(count: count, length: predictor.inputs),
      of: hidden.last ?? regions, into: &next, engine)
    for index in layers.indices.reversed() {
      gradient = zeros(next.count)
      rectifiers[index].backward(
        next, inputs[index], rows(count, layers[index].outputs), into: &gradient, engine)
      let input = index == 0 ? regions : hidden[index - 1]
      next = zeros(input.count)
      layers[index].backward(
        gradient, GatheredRows(count: count, length: layers[index].inputs), of: input,
        into: &next, engine)
    }
    var target = features.elements.mutableSpan
    WeightedRows.addTransposed(
      bins, next.span, width: channels, to: &target, workers: engine.workers)
  }

  private func rows(_ count: Int, _ width: Int) -> ChannelRows {
    ChannelRows(starts: (0..<count).map { $0 * width }, cells: 1, channels: width)
  }

  mutating func forEachWeights(_ body: (String, inout Weights) throws -> Void) rethrows {
    for index in layers.indices {
      try body("\(stage).layer.\(index).weight", &layers[index].weights)
      // The rectifier's bias is the one that counts: two in a row would be one too many.
      try body("\(stage).layer.\(index).bias", &rectifiers[index].bias)
    }
    try body("\(stage).predictor.weight", &predictor.weights)
    try body("\(stage).predictor.bias", &predictor.bias)
  }
}
