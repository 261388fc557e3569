import LossKernels

/// How a row of deltas becomes the box that a ``BoxPairLoss`` scores, and how the gradient finds back.
public struct BoxDecoding<Scalar: LossScalar>: Sendable {
  /// Decodes.
  public let coder: any BoxCoder
  /// The prior of each row, `[rows, 4]`.
  public let priors: [Scalar]

  /// Decodes relative to `priors`, one a row.
  public init(_ coder: any BoxCoder, priors: [Box]) {
    self.coder = coder
    self.priors = priors.rows()
  }

  /// Scores the boxes that a block of rows decodes to; the gradient is that by the deltas.
  ///
  /// - Parameters:
  ///   - form: The loss's compiled form.
  ///   - priors: Those of the block.
  func score(
    _ form: DenseForm<Scalar>, _ deltas: Span<Scalar>, relativeTo priors: Span<Scalar>,
    against targets: Span<Scalar>, weights: Span<Scalar>, scale: Scalar,
    values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError) -> BlockSum {
    var boxes: [Scalar] = zeros(deltas.count)
    var slopes: [Scalar] = zeros(4 * gradient.count)
    var boxSpan = boxes.mutableSpan
    var slopeSpan = slopes.mutableSpan
    Scalar.decode(coder, deltas, relativeTo: priors, boxes: &boxSpan, slopes: &slopeSpan)
    let sum = try form(boxes.span, targets, 4, weights, scale, &values, &gradient)
    applyChainRule(&gradient, slopes: slopes.span)
    return sum
  }
}
