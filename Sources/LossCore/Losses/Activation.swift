import LossKernels

/// What turns a row of predictions into probabilities.
public enum Activation: String, Sendable {
  /// Nothing: the predictions are used as they are.
  case identity
  /// exp(xⱼ) / Σ exp(xₖ) over the row.
  case softmax
  /// 1 / (1 + exp(−x)) of each element.
  case sigmoid
  /// exp(x) of each element: the predictions are log-probabilities.
  case exponential
  /// Softmax over all columns but the last two, times the softmax of these: of an object in the last but one, of
  /// background in the last. The column after the classes then holds the background, and the last one 0.
  case softmaxWithObjectness = "softmax_with_objectness"
}

extension Activation {
  /// Replaces a row of predictions by probabilities.
  public func apply<Scalar: LossScalar>(to row: inout [Scalar]) {
    apply(to: &row, width: row.count)
  }

  /// Replaces rows of `width` predictions by probabilities.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func apply<Scalar: LossScalar>(to rows: inout [Scalar], width: Int) {
    switch self {
    case .identity: break
    case .sigmoid: replaceEach(&rows) { .sigmoid($0) }
    case .exponential: replaceEach(&rows) { .exp($0) }
    case .softmax:
      for start in stride(from: 0, to: rows.count, by: max(1, width)) {
        logSoftmax(&rows, in: start..<start + width)
      }
      replaceEach(&rows) { .exp($0) }
    case .softmaxWithObjectness:
      for start in stride(from: 0, to: width < 3 ? 0 : rows.count, by: max(1, width)) {
        let object = start + width - 2
        let difference = rows[object] - rows[object + 1]
        logSoftmax(&rows, in: start..<object)
        for column in start..<object { rows[column] = .exp(rows[column]) * .sigmoid(difference) }
        rows[object] = .sigmoid(-difference)
        rows[object + 1] = 0
      }
    }
  }
}

extension Activation {
  /// Writes some columns of the probabilities of rows of `width` predictions: of what ``apply(to:width:)`` makes of
  /// them.
  package func write<Scalar: LossScalar>(
    _ columns: Range<Int>, of rows: Span<Scalar>, width: Int,
    to probabilities: inout MutableSpan<Scalar>, with instructions: InstructionSet
  ) {
    let isDone =
      self == .sigmoid && columns == 0..<width
      && writeSigmoid(of: rows, to: &probabilities, with: instructions)
    guard !isDone else { return }
    var all = [Scalar](copying: rows)
    apply(to: &all, width: width)
    copyColumns(columns, of: all, width: width, to: &probabilities)
  }

  /// - Returns: Whether all predictions are finite; else some are left out.
  private func writeSigmoid<Scalar: LossScalar>(
    of predictions: Span<Scalar>, to probabilities: inout MutableSpan<Scalar>,
    with instructions: InstructionSet
  ) -> Bool {
    var gradient = MutableSpan<Scalar>()
    let sum = try? Scalar.rowFunction(with: instructions)(
      predictions, Span(), Span(), 1, 1, Span(), 1, &probabilities, &gradient,
      Scalar.function(of: SigmoidFormula(), with: instructions))
    return sum?.isFinite == true
  }
}

/// ``Activation/sigmoid`` of each prediction, as values.
public struct SigmoidFormula: BlockFormula {
  @_alwaysEmitIntoClient @inline(__always)
  public func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    block.writeValues { .sigmoid($0) }
  }
}

/// Replaces a row of logits by log-probabilities: x − log Σ exp(xₖ).
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
package func logSoftmax<Scalar: LossScalar>(_ rows: inout [Scalar], in range: Range<Int>) {
  let largest = rows[range].max() ?? 0
  let sum = rows[range].reduce(0) { $0 + Scalar.exp($1 - largest) }
  let logSum = largest + Scalar.log(sum)
  for index in range { rows[index] -= logSum }
}
