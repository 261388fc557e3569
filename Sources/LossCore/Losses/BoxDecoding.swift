import LossKernels

/// How a row of deltas becomes the box that a ``BoxPairLoss`` evaluates, and how the gradient finds back.
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

  /// Decodes a block of rows.
  ///
  /// - Parameters:
  ///   - priors: Those of the block.
  ///   - wantsDerivatives: Whether the boxes will be differentiated.
  /// - Returns: The boxes, `[rows, 4]`, and the derivatives of their coordinates by the deltas,
  ///   `[4, rows, 4]`; none if nobody asks for them.
  func decode(
    _ deltas: Span<Scalar>, relativeTo priors: Span<Scalar>, wantsDerivatives: Bool
  ) -> (boxes: [Scalar], derivatives: [Scalar]) {
    var boxes: [Scalar] = zeros(deltas.count)
    var derivatives: [Scalar] = zeros(wantsDerivatives ? 4 * deltas.count : 0)
    var boxSpan = boxes.mutableSpan
    var derivativeSpan = derivatives.mutableSpan
    Scalar.decode(
      coder, deltas, relativeTo: priors, boxes: &boxSpan, derivatives: &derivativeSpan)
    return (boxes, derivatives)
  }
}
