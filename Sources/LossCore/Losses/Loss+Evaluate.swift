import LossKernels

/// What a loss of rows comes to.
public struct LossResult<Scalar: LossScalar>: Sendable {
  /// The reduced value; for ``Reduction/none`` and ``Reduction/sumPerRow`` the sum.
  public let value: Double
  /// The weighted values that stay apart under ``Reduction/none`` (`[rows]` or `[rows, width]`) and
  /// ``Reduction/sumPerRow`` (`[rows]`); nothing under the others.
  public let values: Tensor<Scalar>?
  /// The derivative of ``value`` by each prediction, `[rows, width]`, where it was asked for.
  public let gradient: Tensor<Scalar>?
  /// What a loss that remembers is to be evaluated after in the next step; `nil` if it remembers nothing.
  public let state: [Double]?
}

/// What a loss compares rows with.
public enum LossTargets<Scalar: LossScalar>: Sendable {
  /// A class index a row; the loss's `ignore_index`, where it has one, marks a row to leave out.
  case classes([Int])
  /// `[rows, width]` numbers: soft or one-hot classes, or coordinates; `[rows]` or `[rows, 1]` for a loss that
  /// compares a row with one number.
  case dense(Tensor<Scalar>)
}

extension Loss {
  /// Evaluates `[rows, width]` predictions.
  ///
  /// Where everything is left out or weighs nothing, means are 0, not NaN.
  ///
  /// - Parameters:
  ///   - predictions: `[rows, width]`, finite.
  ///   - targets: Classes, or numbers in the shape of the predictions or one a row.
  ///   - weights: `[rows]`, or `[rows, width]` for losses with a value an element (outside weights).
  ///   - insideWeights: `[rows, width]`, multiplies the difference of prediction and target before
  ///     the loss.
  ///   - reduction: How the values become one number.
  ///   - state: What the step before came out with, for a ``StatefulLoss``; `nil` before the first step.
  ///   - gradient: Whether to compute the gradient as well.
  /// - Throws: ``InputError`` where shapes don't fit, a number isn't finite, a class is out of range, or the
  ///   state is one of other rows.
  public func evaluate<Scalar: LossScalar>(
    _ predictions: Tensor<Scalar>, targets: LossTargets<Scalar>,
    weights: Tensor<Scalar>? = nil, insideWeights: Tensor<Scalar>? = nil,
    reduction: Reduction = .mean, after state: [Double]? = nil, gradient: Bool = true,
    workers: Workers = .standard
  ) throws(InputError) -> LossResult<Scalar> {
    var term = try rowTerm(predictions, targets, weights, insideWeights)
    let next = try term.step(predictions.elements, after: state, workers: workers)
    return try term.result(predictions, reduction, state: next, gradient: gradient, workers)
  }

  /// The loss over the rows of `[rows, width]` predictions.
  package func rowTerm<Scalar: LossScalar>(
    _ predictions: Tensor<Scalar>, _ targets: LossTargets<Scalar>, _ weights: Tensor<Scalar>?,
    _ insideWeights: Tensor<Scalar>?
  ) throws(InputError) -> RowTerm<Scalar> {
    let shape = predictions.shape
    guard shape.count == 2 else {
      throw InputError("predictions", "shape \(shape) is not [rows, width]")
    }
    return RowTerm(
      loss: self, rows: RowSelection(rows: shape[0], width: shape[1]),
      targets: try rowTargets(targets, shape: shape),
      weights: try rowWeights(weights, shape: shape),
      insideWeights: try elements(of: insideWeights, "inside weights", shape: shape))
  }

  private func rowTargets<Scalar: LossScalar>(
    _ targets: LossTargets<Scalar>, shape: [Int]
  ) throws(InputError) -> RowTargets<Scalar> {
    switch targets {
    case .dense(let tensor):
      let isFlat = targetWidth(0) == 1 && tensor.shape.count == 1
      let shape = isFlat ? [shape[0]] : [shape[0], targetWidth(shape[1])]
      return .dense(try elements(of: tensor, "targets", shape: shape) ?? [])
    case .classes(let classes):
      return .classes(classes, ignored: (self as? any ClassLoss)?.ignoredClass)
    }
  }

  private func rowWeights<Scalar: LossScalar>(
    _ weights: Tensor<Scalar>?, shape: [Int]
  ) throws(InputError) -> RowWeights<Scalar> {
    guard let weights else { return .ones }
    if let index = firstNonFinite(weights.elements.span) {
      throw InputError("weights element \(index)", "\(weights.elements[index]) is not finite")
    }
    if weights.shape.count == 1 {
      return .rows(try elements(of: weights, "weights", shape: [shape[0]]) ?? [])
    }
    return .elements(try elements(of: weights, "weights", shape: shape) ?? [])
  }

  private func elements<Scalar: LossScalar>(
    of tensor: Tensor<Scalar>?, _ name: String, shape: [Int]
  ) throws(InputError) -> [Scalar]? {
    guard let tensor else { return nil }
    guard tensor.shape == shape else {
      throw InputError(name, "shape \(tensor.shape); expected \(shape)")
    }
    return tensor.elements
  }
}

extension RowTerm {
  /// Makes a loss that remembers that of a step with these rows.
  ///
  /// - Parameter predictions: The term's rows without gaps.
  /// - Returns: What is remembered after the step; `nil` if nothing is.
  package mutating func step(
    _ predictions: [Scalar], after state: [Double]?, workers: Workers
  ) throws(InputError) -> [Double]? {
    guard let loss = loss as? any StatefulLoss else { return nil }
    let rows = self
    let step = try predictions.withUnsafeBufferPointer { elements throws(InputError) in
      try loss.step(after: state, width: comparedWidth) { loss throws(InputError) in
        try rows.tally(elements, by: loss, workers: workers)
      }
    }
    self.loss = step.loss
    return step.state
  }

  /// What the rows come to.
  package func result(
    _ predictions: Tensor<Scalar>, _ reduction: Reduction, state: [Double]? = nil, gradient: Bool,
    _ workers: Workers
  ) throws(InputError) -> LossResult<Scalar> {
    let divisor: Double =
      switch reduction {
      case .none, .sum, .sumPerRow: 1
      case .mean: Double(valueCount(on: workers))
      case .weightedMean: weightSum
      }
    let scale = divisor == 0 ? 0 : 1 / divisor

    let results = try evaluateAll(
      predictions.elements, scale: Scalar(scale), gradient: gradient,
      values: reduction == .none || reduction == .sumPerRow, workers: workers)

    return LossResult(
      value: results.total * scale,
      values: results.values.map { keptValues($0, reduction) },
      gradient: results.gradient.map { Tensor(unchecked: predictions.shape, $0) }, state: state)
  }

  private func keptValues(_ values: [Scalar], _ reduction: Reduction) -> Tensor<Scalar> {
    guard valuesPerRow > 1 || (loss as? any DenseLoss)?.evaluatesElements == true else {
      return Tensor(values)
    }
    guard reduction == .sumPerRow else {
      return Tensor(unchecked: [rows.count, valuesPerRow], values)
    }
    var sums = [Scalar](repeating: 0, count: rows.count)
    for (index, value) in values.enumerated() { sums[index / valuesPerRow] += value }
    return Tensor(sums)
  }
}
