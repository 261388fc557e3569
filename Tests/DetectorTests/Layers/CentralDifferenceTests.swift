import Detector
import DetectorKernels
import LossKernels
import LossKit
import TestSupport
import Testing

/// Each layer's gradients against central differences of L = Σ r · y, for random r.
///
/// y is a Float, so that a difference over 2h is known to about 1e-7 Σ|r y| / h; ReLUs are kept
/// away from their kink by a shift.
struct CentralDifferenceTests {
  private let engine = Engine(workers: Workers(1))

  /// Compares a gradient at some places with the slope of `loss` there.
  private func check(
    _ gradient: [Float], at values: [Float], step: Float = 1 / 64,
    _ loss: ([Float]) throws -> Double, sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) rethrows {
    let largest = gradient.reduce(0) { max($0, abs($1)) }
    for place in stride(from: 0, to: values.count, by: max(1, values.count / 12)) {
      var moved = values
      moved[place] = values[place] + step
      let above = try loss(moved)
      moved[place] = values[place] - step
      let slope = try (above - loss(moved)) / Double(2 * step)
      #expect(
        abs(slope - Double(gradient[place])) < 2e-3 * Double(max(1, largest)),
        "place \(place): \(slope), \(gradient[place])", sourceLocation: sourceLocation)
    }
  }

  private func dot(_ left: [Float], _ right: [Float]) -> Double {
    zip(left, right).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }

  private func maps(_ seed: UInt64, _ shape: [Int], _ range: ClosedRange<Float> = -1...1) throws
    -> Tensor<Float>
  {
    var generator = SeededGenerator(seed: seed)
    return try Tensor(shape: shape, elements: generator.floats(shape.reduce(1, *), in: range))
  }

  @Test(arguments: [(3, 1), (3, 2), (1, 1)])
  func `convolution`(size: Int, stride: Int) throws {
    let input = try maps(1, [2, 6, 5, 16])
    var layer = Convolution(from: 16, to: 32, size: size, stride: stride, seed: 2, name: "test")
    layer.forward(Features(input), engine)
    let output = layer.output
    let weights = try maps(3, [2, output.height, output.width, 32])
    layer.backward(Features(weights), input: Features(input), engine)
    let trained = layer
    try check(trained.inputGradient.inside, at: input.elements) { values in
      var layer = trained
      layer.forward(
        Features(try Tensor(shape: input.shape, elements: values)), engine)
      return dot(layer.output.inside, weights.elements)
    }
    check(trained.weights.gradient, at: trained.weights.values) { values in
      var layer = trained
      layer.weights.values = values
      layer.forward(Features(input), engine)
      return dot(layer.output.inside, weights.elements)
    }
  }

  @Test func `batch normalization`() throws {
    let input = try maps(5, [2, 4, 3, 16])
    let weights = try maps(6, [2, 4, 3, 16])
    var layer = BatchNormalization(channels: 16)
    var generator = SeededGenerator(seed: 7)
    layer.scale.values = generator.floats(16, in: 0.5...1.5)
    // Half of the channels pass as a whole, half as a whole don't.
    layer.shift.values = (0..<16).map { $0 % 2 == 0 ? 6 : -6 }
    layer.forward(Features(input), isTraining: true, engine)
    layer.backward(Features(weights), input: Features(input), engine)
    let trained = layer
    func loss(_ layer: BatchNormalization, _ input: Tensor<Float>) -> Double {
      var layer = layer
      layer.forward(Features(input), isTraining: true, engine)
      return dot(layer.output.inside, weights.elements)
    }
    try check(trained.inputGradient.inside, at: input.elements) {
      loss(trained, try Tensor(shape: input.shape, elements: $0))
    }
    check(trained.scale.gradient, at: trained.scale.values) {
      var layer = trained
      layer.scale.values = $0
      return loss(layer, input)
    }
    check(trained.shift.gradient, at: trained.shift.values) {
      var layer = trained
      layer.shift.values = $0
      return loss(layer, input)
    }
  }

  @Test func `fully connected and ReLU`() throws {
    let slack = [Float](repeating: 0, count: matrixTileWidth)
    let input = try maps(8, [6, 24]).elements + slack
    let weights = try maps(9, [6, 16]).elements + slack
    let rows = GatheredRows(count: 6, length: 24)
    let cells = ChannelRows(starts: (0..<6).map { $0 * 16 }, cells: 1, channels: 16)
    var layer = FullyConnected(from: 24, to: 16, variance: 0.01, seed: 4, name: "test")
    var activation = ReLU(channels: 16)
    activation.bias.values = (0..<16).map { $0 % 2 == 0 ? 3 : -3 }
    func output(_ layer: FullyConnected, _ activation: ReLU, _ input: [Float]) -> [Float] {
      let made = layer.forward(rows, of: input, engine)
      var output = made
      activation.forward(made, cells, into: &output, engine)
      return output
    }
    func loss(_ layer: FullyConnected, _ activation: ReLU, _ input: [Float]) -> Double {
      dot(Array(output(layer, activation, input).prefix(96)), weights)
    }
    let made = layer.forward(rows, of: input, engine)
    var gradient = [Float](repeating: 0, count: made.count)
    activation.backward(weights, made, cells, into: &gradient, engine)
    var inputGradient = [Float](repeating: 0, count: input.count)
    layer.backward(gradient, rows, of: input, into: &inputGradient, engine)
    let (trained, rectified) = (layer, activation)
    check(Array(inputGradient.prefix(144)), at: Array(input.prefix(144))) {
      loss(trained, rectified, $0 + slack)
    }
    check(trained.weights.gradient, at: trained.weights.values) {
      var layer = trained
      layer.weights.values = $0
      return loss(layer, rectified, input)
    }
    check(rectified.bias.gradient, at: rectified.bias.values) {
      var activation = rectified
      activation.bias.values = $0
      return loss(trained, activation, input)
    }
  }

  @Test func `regions of a map`() throws {
    let input = try maps(10, [1, 6, 7, 16])
    let boxes = [Box(3, 5, 40, 33), Box(-5, 10, 20, 60), Box(20, 20, 23, 24)]
    let bins = RoIAlign().bins(of: boxes, image: 0, stride: 8, in: Features(input))
    let weights = try maps(11, [3, 49, 16]).elements
    var gradient = Features(images: 1, height: 6, width: 7, channels: 16)
    var target = gradient.elements.mutableSpan
    WeightedRows.addTransposed(
      [bins], weights.span, width: 16, to: &target, workers: Workers(1))
    try check(gradient.inside, at: input.elements) { values in
      let features = Features(try Tensor(shape: input.shape, elements: values))
      var output = [Float](repeating: 0, count: 3 * 49 * 16)
      var result = output.mutableSpan
      WeightedRows.multiply(
        [bins], features.elements.span, width: 16, into: &result, workers: Workers(1))
      return dot(output, weights)
    }
  }
}
