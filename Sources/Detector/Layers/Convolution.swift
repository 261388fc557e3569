import DetectorKernels

/// A convolution of 3 × 3 cells, or of 1 × 1, without bias: y[o] = Σ over taps t of
/// x[stride · o + t − margin] · W[t], with a margin of 1 or 0, and zeros around the map.
public struct Convolution: Sendable {
  /// The factors: row and column of the patch, input channel, output channel.
  public var weights: Weights
  /// What ``forward(_:_:)`` made.
  public private(set) var output = Features()
  /// What ``backward(_:input:wantsInputGradient:_:)`` made: the gradient by the input.
  public private(set) var inputGradient = Features()

  private let size: Int
  private let stride: Int
  private let inputChannels: Int
  private let outputChannels: Int
  private var plan: ConvolutionPlan?

  /// A convolution with random factors of variance 2 / (size² · input channels), after He et al. 2015.
  ///
  /// - Parameters:
  ///   - size: Rows and columns of a patch: 3 or 1.
  ///   - stride: 1 or 2.
  ///   - name: Tells the random numbers of layers apart.
  public init(
    from input: Int, to output: Int, size: Int = 3, stride: Int = 1, seed: UInt64, name: String
  ) {
    self.size = size
    self.stride = stride
    inputChannels = input
    outputChannels = output
    weights = Weights(
      shape: [size, size, input, output], variance: 2 / Double(size * size * input), seed: seed,
      name: name)
  }

  /// Sets ``output``.
  public mutating func forward(_ input: Features, _ engine: Engine) {
    let expected = Features(
      images: 0, height: (input.height + stride - 1) / stride,
      width: (input.width + stride - 1) / stride, channels: outputChannels)
    if plan == nil || output.images != input.images || output.height != expected.height
      || output.width != expected.width || inputGradient.height != input.height
      || inputGradient.width != input.width
    {
      output = Features(
        images: input.images, height: expected.height, width: expected.width,
        channels: outputChannels)
      inputGradient = Features(
        images: input.images, height: input.height, width: input.width, channels: inputChannels)
      plan = ConvolutionPlan(from: input, to: output, size: size, stride: stride)
    }
    guard let plan else { return }
    let factors = PackedMatrix(
      weights.values.span, rowStarts: (0..<size * size * inputChannels).map { $0 * outputChannels },
      columns: outputChannels)
    var result = output.elements.mutableSpan
    engine.kernel.multiply(
      plan.patches, of: input.elements.span, by: factors, bias: Span(), into: &result,
      at: plan.outputs, workers: engine.workers)
  }

  /// Sets the gradient by the factors, and ``inputGradient``.
  ///
  /// - Parameters:
  ///   - gradient: The gradient by ``output``; its border holds zeros.
  ///   - input: What ``output`` was made from.
  public mutating func backward(
    _ gradient: Features, input: Features, wantsInputGradient: Bool = true, _ engine: Engine
  ) {
    guard let plan else { return }
    let (inputChannels, outputChannels) = (inputChannels, outputChannels)
    var result = weights.gradient.mutableSpan
    engine.kernel.multiplyTransposed(
      plan.patches, of: input.elements.span, with: gradient.elements.span, at: plan.outputs,
      columns: outputChannels, into: &result, workers: engine.workers)
    guard wantsInputGradient else { return }
    for parity in plan.parities {
      // Row (tap, output channel), column input channel: the factors of the taps, transposed.
      let starts = parity.taps.flatMap { tap in
        (0..<outputChannels).map { tap * inputChannels * outputChannels + $0 }
      }
      let factors = PackedMatrix(
        weights.values.span, rowStarts: starts, columns: inputChannels,
        columnStride: outputChannels)
      var target = inputGradient.elements.mutableSpan
      engine.kernel.multiply(
        parity.readers, of: gradient.elements.span, by: factors, bias: Span(), into: &target,
        at: parity.inputs, workers: engine.workers)
    }
  }
}
