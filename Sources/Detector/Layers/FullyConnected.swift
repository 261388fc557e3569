import DetectorKernels
import LossKernels

/// A fully connected layer over rows: y = x W + b. Over the cells of a feature map it is a 1 × 1
/// convolution.
public struct FullyConnected: Sendable {
  /// W: input, output.
  public var weights: Weights
  /// b: a number an output.
  public var bias: Weights
  /// The numbers of a row of the input.
  public let inputs: Int
  /// The numbers of a row of the output.
  public let outputs: Int

  /// A layer with random weights of the given variance, and b = 0.
  ///
  /// - Parameter name: Tells the random numbers of layers apart.
  public init(from inputs: Int, to outputs: Int, variance: Double, seed: UInt64, name: String) {
    self.inputs = inputs
    self.outputs = outputs
    weights = Weights(shape: [inputs, outputs], variance: variance, seed: seed, name: name)
    bias = Weights(shape: [outputs], repeating: 0)
  }

  /// The outputs of rows, one after the other, and behind them as many zeros as a kernel may read too
  /// far.
  public func forward(_ rows: GatheredRows, of elements: [Float], _ engine: Engine) -> [Float] {
    var output: [Float] = zeros(rows.starts.count * outputs + matrixTileWidth)
    let factors = PackedMatrix(
      weights.values.span, rowStarts: (0..<inputs).map { $0 * outputs }, columns: outputs)
    var result = output.mutableSpan
    engine.kernel.multiply(
      rows, of: elements.span, by: factors, bias: bias.values.span, into: &result,
      at: starts(rows), workers: engine.workers)
    return output
  }

  /// Sets the gradients by W and b, and the gradient by the rows.
  ///
  /// - Parameters:
  ///   - gradient: The gradient by the output, as ``forward(_:of:_:)`` lays it out.
  ///   - rows: The rows that the output was made from.
  ///   - elements: The array that they lie in, and in which the gradient by them will.
  ///   - inputGradient: An array as long as `elements`.
  public mutating func backward(
    _ gradient: [Float], _ rows: GatheredRows, of elements: [Float],
    into inputGradient: inout [Float], _ engine: Engine
  ) {
    let (outputs, starts) = (outputs, starts(rows))
    var result = weights.gradient.mutableSpan
    engine.kernel.multiplyTransposed(
      rows, of: elements.span, with: gradient.span, at: starts, columns: outputs,
      into: &result, workers: engine.workers)
    bias.gradient = columnSums(gradient, rows: rows.starts.count)
    let factors = PackedMatrix(
      weights.values.span, rowStarts: Array(0..<outputs), columns: inputs, columnStride: outputs)
    var target = inputGradient.mutableSpan
    engine.kernel.multiply(
      GatheredRows(starts: starts, length: outputs), of: gradient.span, by: factors,
      bias: Span(), into: &target, at: rows.starts, workers: engine.workers)
  }

  /// Where each row of the output begins.
  private func starts(_ rows: GatheredRows) -> [Int] {
    rows.starts.indices.map { $0 * outputs }
  }

  private func columnSums(_ elements: [Float], rows: Int) -> [Float] {
    var sums: [Double] = zeros(outputs)
    var place = 0
    for _ in 0..<rows {
      for column in 0..<outputs { sums[column] += Double(elements[place + column]) }
      place += outputs
    }
    return sums.map { Float($0) }
  }
}
