import LossKernels

/// How a row of deltas becomes the box that a ``BoxPairLoss`` evaluates, and how the gradient finds back.
public struct BoxDecoding<Scalar: LossScalar>: Sendable {
  /// Decodes.
  public let coder: any BoxCoder
  /// The prior of each row, `[rows, 4]`.
  public let priors: [Scalar]

  /// What the coordinates of decoded boxes are divided by: horizontal ones, vertical ones.
  public let unit: (x: Scalar, y: Scalar)

  /// Decodes relative to `priors`, one a row, in units of pixels or of others.
  public init(_ coder: any BoxCoder, priors: [Box], unit: (x: Scalar, y: Scalar) = (1, 1)) {
    self.coder = coder
    self.priors = priors.rows()
    self.unit = unit
  }

  /// Evaluates a block of rows by a loss on the boxes that they stand for.
  ///
  /// - Parameters:
  ///   - priors: Those of the block.
  ///   - gradient: Receives the derivatives by the rows; empty if none are asked for.
  ///   - instructions: What distributions are evaluated with.
  ///   - evaluate: The loss on boxes; it gives the derivatives by their coordinates.
  func evaluate(
    _ rows: Span<Scalar>, relativeTo priors: Span<Scalar>, gradient: inout MutableSpan<Scalar>,
    with instructions: InstructionSet,
    _ evaluate: (
      _ boxes: Span<Scalar>, _ gradient: inout MutableSpan<Scalar>
    ) throws(InputError) -> BlockSum
  ) throws(InputError) -> BlockSum {
    guard coder.bins > 1 else {
      let (boxes, derivatives) = decode(
        rows, relativeTo: priors, wantsDerivatives: !gradient.isEmpty)
      let sum = try evaluate(boxes.span, &gradient)
      applyChainRule(&gradient, derivatives: derivatives.span)
      return sum
    }
    let distributions = BinDistributions(
      rows, bins: coder.bins, derivatives: !gradient.isEmpty, with: instructions)
    let (boxes, derivatives) = decode(
      distributions.means.span, relativeTo: priors, wantsDerivatives: !gradient.isEmpty)
    var byMeans: [Scalar] = zeros(gradient.isEmpty ? 0 : boxes.count)
    var span = byMeans.mutableSpan
    let sum = try evaluate(boxes.span, &span)
    applyChainRule(&span, derivatives: derivatives.span)
    if !gradient.isEmpty { distributions.spread(byMeans, to: &gradient) }
    return sum
  }

  /// Decodes a block of rows.
  ///
  /// - Parameters:
  ///   - priors: Those of the block.
  ///   - wantsDerivatives: Whether the boxes will be differentiated.
  /// - Returns: The boxes, `[rows, 4]`, and the derivatives of their coordinates by the deltas,
  ///   `[4, rows, 4]`; none if nobody asks for them.
  private func decode(
    _ deltas: Span<Scalar>, relativeTo priors: Span<Scalar>, wantsDerivatives: Bool
  ) -> (boxes: [Scalar], derivatives: [Scalar]) {
    var boxes: [Scalar] = zeros(deltas.count)
    var derivatives: [Scalar] = zeros(wantsDerivatives ? 4 * deltas.count : 0)
    var boxSpan = boxes.mutableSpan
    var derivativeSpan = derivatives.mutableSpan
    Scalar.decode(
      coder, deltas, relativeTo: priors, boxes: &boxSpan, derivatives: &derivativeSpan)
    if unit != (1, 1) {
      for index in boxes.indices { boxes[index] /= index.isMultiple(of: 2) ? unit.x : unit.y }
      for index in derivatives.indices {
        derivatives[index] /= (index / deltas.count).isMultiple(of: 2) ? unit.x : unit.y
      }
    }
    return (boxes, derivatives)
  }
}
