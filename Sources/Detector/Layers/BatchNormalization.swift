import DetectorKernels
import LossKernels

/// Batch normalization and the rectifier after it: y = max(0, γ (x − μ) / √(σ² + ε) + β).
///
/// In training μ and σ² are mean and variance of a channel over the batch, and running averages of them
/// are kept; in inference the running averages take their place. Ioffe and Szegedy 2015,
/// arXiv:1502.03167.
public struct BatchNormalization: Sendable {
  /// γ: a number a channel.
  public var scale: Weights
  /// β: a number a channel.
  public var shift: Weights
  /// The running average of the mean of each channel.
  public var runningMean: [Float]
  /// The running average of the variance of each channel, with n − 1 for n.
  public var runningVariance: [Float]
  /// What ``forward(_:isTraining:_:)`` made.
  public private(set) var output = Features()
  /// What ``backward(_:input:_:)`` made: the gradient by the input.
  public private(set) var inputGradient = Features()

  /// The share of a new batch in the running averages.
  private let momentum: Float = 0.1
  /// Added to variances.
  private let epsilon = 1e-5
  private var mean: [Double] = []
  private var inverseDeviation: [Double] = []
  /// What an element is multiplied by, and what is added.
  private var factors: (scale: [Float], shift: [Float]) = ([], [])

  /// The normalization of `channels` channels, γ = 1 and β = 0.
  public init(channels: Int) {
    scale = Weights(shape: [channels], repeating: 1)
    shift = Weights(shape: [channels], repeating: 0)
    runningMean = zeros(channels)
    runningVariance = Array(repeating: 1, count: channels)
  }

  /// Sets ``output``, and in training the running averages.
  public mutating func forward(_ input: Features, isTraining: Bool, _ engine: Engine) {
    let rows = input.rows
    if isTraining {
      measure(input, rows, engine)
    } else {
      mean = runningMean.map { Double($0) }
      inverseDeviation = runningVariance.map { 1 / (Double($0) + epsilon).squareRoot() }
    }
    let factor = zip(scale.values, inverseDeviation).map { Double($0) * $1 }
    factors.scale = factor.map { Float($0) }
    factors.shift = mean.indices.map { Float(Double(shift.values[$0]) - mean[$0] * factor[$0]) }
    if !output.hasShape(of: input, channels: input.channels) {
      output = Features(
        images: input.images, height: input.height, width: input.width, channels: input.channels)
      inputGradient = output
    }
    let factors = factors
    var result = output.elements.mutableSpan
    rows.scaleAndRectify(
      input.elements.span, scale: factors.scale, shift: factors.shift, into: &result,
      workers: engine.workers)
  }

  private mutating func measure(_ input: Features, _ rows: ChannelRows, _ engine: Engine) {
    let count = Double(rows.cellCount)
    guard count > 0 else { return }
    let (sum, squares) = rows.moments(input.elements.span, workers: engine.workers)
    mean = sum.map { $0 / count }
    let variance = zip(squares, mean).map { max(0, $0 / count - $1 * $1) }
    inverseDeviation = variance.map { 1 / ($0 + epsilon).squareRoot() }
    for channel in mean.indices {
      let unbiased = variance[channel] * count / max(1, count - 1)
      runningMean[channel] += momentum * (Float(mean[channel]) - runningMean[channel])
      runningVariance[channel] += momentum * (Float(unbiased) - runningVariance[channel])
    }
  }

  /// Sets the gradients by γ and β, and ``inputGradient``, for a forward step in training.
  ///
  /// With x̂ = (x − μ) / √(σ² + ε), and g the gradient where the rectifier let x̂ pass:
  /// ∂x = γ / √(σ² + ε) · (g − mean(g) − x̂ · mean(g x̂)).
  ///
  /// - Parameters:
  ///   - gradient: The gradient by ``output``.
  ///   - input: What ``output`` was made from.
  public mutating func backward(_ gradient: Features, input: Features, _ engine: Engine) {
    let rows = input.rows
    let count = Double(rows.cellCount)
    guard count > 0, mean.count == input.channels else { return }
    let factors = factors
    let (sum, products) = rows.rectifiedMoments(
      gradient.elements.span, input.elements.span, scale: factors.scale, shift: factors.shift,
      workers: engine.workers)
    var (a, b, c): ([Float], [Float], [Float]) = ([], [], [])
    for channel in mean.indices {
      let inverse = inverseDeviation[channel]
      let factor = Double(scale.values[channel]) * inverse
      let normalized = inverse * (products[channel] - mean[channel] * sum[channel])
      scale.gradient[channel] = Float(normalized)
      shift.gradient[channel] = Float(sum[channel])
      let slope = -factor * inverse * normalized / count
      a.append(Float(factor))
      b.append(Float(slope))
      c.append(Float(-factor * sum[channel] / count - slope * mean[channel]))
    }
    var result = inputGradient.elements.mutableSpan
    rows.combineRectified(
      gradient.elements.span, input.elements.span, scale: factors.scale, shift: factors.shift,
      a: a, b: b, c: c, into: &result, workers: engine.workers)
  }
}
