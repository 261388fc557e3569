import LossKernels

/// Turns boxes into regression targets and predictions back into boxes.
///
/// Decoding is a formula, so that a loss on decoded boxes has a gradient by the deltas; an author writes
/// it once, and the library runs it on numbers, vectors and ``Dual`` numbers. Mark it
/// `@inline(__always)`, and `@inlinable` if the coder is public, so that it is compiled into the loop.
public protocol BoxCoder: Component {
  /// How many columns each of the four numbers has: 1, as a rule, for the number itself; or that of the bins of
  /// a distribution over 0, 1, …, bins − 1, whose logits the columns are and whose mean the number is.
  ///
  /// A row then has 4 · bins columns, those of the first number first (Li et al. 2020, arXiv:2006.04388).
  var bins: Int { get }

  /// The four regression targets that lead from `prior` to `box`.
  func encode(_ box: Box, relativeTo prior: Box) -> SIMD4<Float>

  /// The box to which four regression targets lead from `prior`.
  func decode<Value: FormulaValue>(
    _ deltas: FormulaDeltas<Value>, relativeTo prior: FormulaBox<Value>
  ) -> FormulaBox<Value>

  /// Decodes rows of Float; provided.
  ///
  /// Arguments as those of ``decodeBoxes(_:relativeTo:boxes:derivatives:_:)``.
  func decodeFloat(
    _ deltas: Span<Float>, relativeTo priors: Span<Float>, boxes: inout MutableSpan<Float>,
    derivatives: inout MutableSpan<Float>)

  /// Decodes rows of Double; provided.
  ///
  /// Arguments as those of ``decodeBoxes(_:relativeTo:boxes:derivatives:_:)``.
  func decodeDouble(
    _ deltas: Span<Double>, relativeTo priors: Span<Double>, boxes: inout MutableSpan<Double>,
    derivatives: inout MutableSpan<Double>)
}

extension BoxCoder {
  public var bins: Int { 1 }

  /// The numbers of a row from which a box is decoded.
  public var columns: Int { 4 * bins }

  /// The four numbers that a row of predictions stands for.
  ///
  /// - Parameter row: ``columns`` numbers.
  package func deltas<Scalar: LossScalar>(of row: [Scalar]) -> SIMD4<Float> {
    let numbers =
      bins > 1
      ? BinDistributions(row.span, bins: bins, derivatives: false, with: .baseline).means : row
    return SIMD4(Float(numbers[0]), Float(numbers[1]), Float(numbers[2]), Float(numbers[3]))
  }

  /// The four numbers that each row of predictions stands for.
  package func deltas<Scalar: LossScalar>(
    ofRows rows: Span<Scalar>, to deltas: inout MutableSpan<Float>,
    with instructions: InstructionSet
  ) {
    guard bins > 1 else { return convert(rows, to: &deltas) }
    let distributions = BinDistributions(
      rows, bins: bins, derivatives: false, with: instructions)
    convert(distributions.means.span, to: &deltas)
  }

  /// The formula compiled for Float.
  @_alwaysEmitIntoClient
  public func decodeFloat(
    _ deltas: Span<Float>, relativeTo priors: Span<Float>, boxes: inout MutableSpan<Float>,
    derivatives: inout MutableSpan<Float>
  ) {
    decodeBoxes(deltas, relativeTo: priors, boxes: &boxes, derivatives: &derivatives) {
      decode($0, relativeTo: $1)
    }
  }

  /// The formula compiled for Double.
  @_alwaysEmitIntoClient
  public func decodeDouble(
    _ deltas: Span<Double>, relativeTo priors: Span<Double>, boxes: inout MutableSpan<Double>,
    derivatives: inout MutableSpan<Double>
  ) {
    decodeBoxes(deltas, relativeTo: priors, boxes: &boxes, derivatives: &derivatives) {
      decode($0, relativeTo: $1)
    }
  }

  /// The box to which four regression targets lead from `prior`; for many boxes,
  /// rows at a time are faster.
  @inlinable
  public func decode(_ deltas: SIMD4<Float>, relativeTo prior: Box) -> Box {
    Box(decode((deltas.x, deltas.y, deltas.z, deltas.w), relativeTo: prior.formula))
  }

  /// The boxes to which rows of four regression targets lead from priors, one each.
  ///
  /// - Returns: As many boxes as the shorter one of both has.
  public func decode(_ deltas: [SIMD4<Float>], relativeTo priors: [Box]) -> [Box] {
    // Deltas are four numbers a row, as boxes are.
    let numbers: [Float] = deltas.lazy.map { Box($0.x, $0.y, $0.z, $0.w) }.rows()
    return decode(numbers.span, relativeTo: priors[...])
  }

  /// The boxes to which rows of four regression targets lead from priors, one each.
  ///
  /// - Parameters:
  ///   - numbers: `[rows, 4]`.
  ///   - workers: How many threads to use.
  package func decode(_ numbers: [Float], relativeTo priors: [Box], on workers: Workers) -> [Box] {
    let size = 4096
    return Array(
      workers.map(below: (priors.count + size - 1) / size) { block in
        let rows = block * size..<min((block + 1) * size, priors.count)
        return decode(
          numbers.span.extracting(4 * rows.lowerBound..<4 * rows.upperBound),
          relativeTo: priors[rows])
      }.joined())
  }

  private func decode(_ numbers: Span<Float>, relativeTo priors: ArraySlice<Box>) -> [Box] {
    let rows = min(numbers.count / 4, priors.count)
    let corners: [Float] = priors.prefix(rows).rows()
    var boxes: [Float] = zeros(4 * rows)
    var derivatives: [Float] = []
    var boxSpan = boxes.mutableSpan
    var derivativeSpan = derivatives.mutableSpan
    decodeFloat(
      numbers.extracting(0..<4 * rows), relativeTo: corners.span, boxes: &boxSpan,
      derivatives: &derivativeSpan)
    return (0..<rows).map { row in
      Box(boxes[4 * row], boxes[4 * row + 1], boxes[4 * row + 2], boxes[4 * row + 3])
    }
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func convert<Scalar: LossScalar>(
  _ numbers: Span<Scalar>, to result: inout MutableSpan<Float>
) {
  for index in numbers.indices { result[index] = Float(numbers[index]) }
}
