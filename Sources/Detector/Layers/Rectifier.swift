import DetectorKernels
import LossKernels

/// A bias and the rectifier after it: y = max(0, x + b), each channel with its own b.
public struct Rectifier: Sendable {
  /// b: a number a channel.
  public var bias: Weights

  private let ones: [Float]
  private let none: [Float]

  /// A rectifier for `channels` channels, a multiple of 16; b = 0.
  public init(channels: Int) {
    bias = Weights(shape: [channels], repeating: 0)
    ones = Array(repeating: 1, count: channels)
    none = zeros(channels)
  }

  /// Sets `output`, in which the cells lie as in `input`.
  public func forward(
    _ input: [Float], _ rows: ChannelRows, into output: inout [Float], _ engine: Engine
  ) {
    var result = output.mutableSpan
    rows.scaleAndRectify(
      input.span, scale: ones, shift: bias.values, into: &result, workers: engine.workers)
  }

  /// Sets the gradient by b, and `inputGradient`.
  ///
  /// - Parameters:
  ///   - gradient: The gradient by the output.
  ///   - input: What the output was made from.
  public mutating func backward(
    _ gradient: [Float], _ input: [Float], _ rows: ChannelRows,
    into inputGradient: inout [Float], _ engine: Engine
  ) {
    let (sum, _) = rows.rectifiedMoments(
      gradient.span, input.span, scale: ones, shift: bias.values, workers: engine.workers)
    bias.gradient = sum.map { Float($0) }
    var result = inputGradient.mutableSpan
    rows.combineRectified(
      gradient.span, input.span, scale: ones, shift: bias.values, a: ones, b: none, c: none,
      into: &result, workers: engine.workers)
  }
}
