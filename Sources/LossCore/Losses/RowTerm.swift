import LossKernels

/// One loss over selected rows of a prediction: the rows, what they are compared with, and how much
/// they count.
///
/// Every evaluation goes through it: a loss called by itself, and a term of an objective.
public struct RowTerm<Scalar: LossScalar>: Sendable {
  /// The loss.
  public var loss: any Loss
  /// Which rows of the prediction are read.
  public var rows: RowSelection
  /// What each row is compared with, in the order of the rows.
  public var targets: RowTargets<Scalar>
  /// How much each value counts: multiplies the values and their gradient.
  public var weights: RowWeights<Scalar>
  /// Multiplies `prediction − target` before the loss, `[rows, width]`; `nil` means 1.
  public var insideWeights: [Scalar]?
  /// How rows become the boxes that are compared; `nil` if they are boxes.
  public var decoding: BoxDecoding<Scalar>?
  /// How many distributions a row has side by side, each compared with a number of its own; the row's value is
  /// the mean of theirs. 1 but for a loss that compares one number.
  public var distributions: Int

  /// Whether each row is that of a positive, whose gradient is added up by itself too; `nil` if none
  /// is.
  public var arePositives: [Bool]?

  /// Puts a term together.
  public init(
    loss: any Loss, rows: RowSelection, targets: RowTargets<Scalar>,
    weights: RowWeights<Scalar> = .ones, insideWeights: [Scalar]? = nil,
    decoding: BoxDecoding<Scalar>? = nil, distributions: Int = 1, arePositives: [Bool]? = nil
  ) {
    self.loss = loss
    self.rows = rows
    self.targets = targets
    self.weights = weights
    self.insideWeights = insideWeights
    self.decoding = decoding
    self.distributions = distributions
    self.arePositives = arePositives
  }

  /// The numbers that the loss compares at a time: the width, the coordinates of a decoded box, or a
  /// distribution.
  package var comparedWidth: Int { decoding == nil ? rows.width / distributions : 4 }

  /// The numbers that a row is compared with, where they aren't classes.
  var targetWidth: Int { loss.targetWidth(comparedWidth) * distributions }

  /// Values that the loss makes a row: 1, or the width.
  var valuesPerRow: Int {
    switch targets {
    case .classes where loss is any ClassLoss: 1
    default: (loss as? any DenseLoss)?.evaluatesElements == true ? rows.width : 1
    }
  }

  /// The number of rows that are evaluated: those that aren't left out by their class.
  public func evaluatedRowCount(on workers: Workers) -> Int {
    guard case .classes(let classes, let ignored?) = targets else { return rows.count }
    let part = 1 << 16
    let leftOut = workers.map(below: (classes.count + part - 1) / part) { index in
      let start = index * part
      return LossKernels.count(
        of: ignored, in: classes.span.extracting(start..<min(start + part, classes.count)))
    }
    return leftOut.reduce(rows.count, -)
  }

  /// The number of values that count in a mean: rows that aren't left out, or elements.
  func valueCount(on workers: Workers) -> Int { evaluatedRowCount(on: workers) * valuesPerRow }

  /// The sum of the weights of all values, class weights included.
  public var weightSum: Double {
    switch (weights, targets, loss) {
    case (.rows(let weights), .classes(let classes, let ignored), let loss as any ClassLoss):
      zip(weights, classes).reduce(0) { sum, row in
        isCounted(row.1, ignored) ? sum + Double(row.0) * loss.weight(ofClass: row.1) : sum
      }
    case (_, .classes(let classes, let ignored), let loss as any ClassLoss):
      classes.reduce(0) { isCounted($1, ignored) ? $0 + loss.weight(ofClass: $1) : $0 }
    case (.ones, _, _): Double(rows.count * valuesPerRow)
    case (.rows(let weights), _, _):
      weights.reduce(0) { $0 + Double($1) } * Double(valuesPerRow)
    case (.elements(let weights), _, _): weights.reduce(0) { $0 + Double($1) }
    }
  }

  /// Whether a class is one of the columns, and not that of rows to leave out. Others are refused when
  /// the rows are evaluated.
  private func isCounted(_ target: Int, _ ignored: Int?) -> Bool {
    target != ignored && 0..<rows.width ~= target
  }

  /// Evaluates the rows of `predictions`, which lie where a tensor has its elements.
  ///
  /// - Parameters:
  ///   - gradient: Has `scale` times the gradient of the weighted sum added to it, in the storage order
  ///     of `predictions`; `nil` if none is asked for.
  /// - Returns: The weighted sum (not scaled), and the squared norm of the scaled gradient, that of
  ///   positives as that of marked rows.
  /// - Throws: ``InputError`` if targets or weights don't fit the rows or the loss.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func evaluate(
    _ predictions: UnsafeBufferPointer<Scalar>, scale: Scalar = 1,
    addingGradientTo gradient: UnsafeMutableBufferPointer<Scalar>?, workers: Workers = .standard
  ) throws(InputError) -> RowTotals {
    try check()
    return readsColumns
      ? try evaluateColumns(
        predictions, scale: scale, addingGradientTo: gradient, workers: workers)
      : try evaluateRows(
        predictions, scale: scale, addingGradientTo: gradient, workers: workers)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func evaluateRows(
    _ predictions: UnsafeBufferPointer<Scalar>, scale: Scalar,
    addingGradientTo gradient: UnsafeMutableBufferPointer<Scalar>?, workers: Workers
  ) throws(InputError) -> RowTotals {
    let failure = FirstFailure()
    let totals = forEachBlock(
      of: rows, in: predictions, addingGradientTo: gradient, marked: arePositives, on: workers,
      blockBody(scale: scale, with: workers.instructions, failure))
    try failure.rethrow()
    guard let totals else { throw Self.misfit }
    return totals
  }

  /// Evaluates all of `predictions`, which are the term's rows without gaps.
  ///
  /// - Returns: The weighted sum (not scaled), and if they are asked for `scale` times its gradient and
  ///   the weighted values.
  /// - Throws: ``InputError`` if targets or weights don't fit the rows or the loss, or a number isn't
  ///   finite.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func evaluateAll(
    _ predictions: [Scalar], scale: Scalar, gradient: Bool, values: Bool, workers: Workers
  ) throws(InputError) -> ContiguousResults<Scalar> {
    try check()
    let failure = FirstFailure()
    let results = forEachContiguousBlock(
      rows.count, width: rows.width, of: predictions, gradient: gradient, values: values,
      valuesPerRow: valuesPerRow, on: workers,
      blockBody(scale: scale, with: workers.instructions, failure))
    try failure.rethrow()
    guard let results else { throw Self.misfit }
    return results
  }

  static var misfit: InputError {
    InputError("rows", "reach past the end of the prediction")
  }

  /// What is done with a block; what doesn't depend on the block is found out once.
  private func blockBody(
    scale: Scalar, with instructions: InstructionSet, _ failure: FirstFailure
  ) -> BlockBody<Scalar> {
    let function = Scalar.function(of: loss, with: instructions)
    let evaluateRows = Scalar.rowFunction(with: instructions)
    return { range, predictions, values, gradient in
      do throws(InputError) {
        return try evaluateBlock(
          range, predictions, values: &values, gradient: &gradient, with: instructions
        ) { predictions, targets, classes, weights, values, gradient throws(InputError) in
          try evaluateRows(
            predictions, targets, classes, comparedWidth, valuesPerRow, weights, scale, &values,
            &gradient, function)
        }
      } catch {
        failure.record(error.moved(by: range.lowerBound), row: range.lowerBound)
        return 0
      }
    }
  }
}

/// The error of the first rows that failed, whichever thread came upon its own first.
final class FirstFailure: Sendable {
  private let failure = Lock<(row: Int, error: InputError)?>(nil)

  func record(_ error: InputError, row: Int) {
    failure.withLock { first in
      if first.map({ row < $0.row }) ?? true { first = (row, error) }
    }
  }

  func rethrow() throws(InputError) {
    if let failure = failure.withLock({ $0 }) { throw failure.error }
  }
}

extension RowTerm {
  /// Evaluates one block; returns the weighted sum of its values.
  ///
  /// - Parameters:
  ///   - instructions: What distributions are evaluated with.
  ///   - evaluate: The loss on rows whose targets, classes and weights are ready.
  func evaluateBlock(
    _ range: Range<Int>, _ predictions: Span<Scalar>,
    values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>,
    with instructions: InstructionSet,
    _ evaluate: (
      _ predictions: Span<Scalar>, _ targets: Span<Scalar>, _ classes: Span<Int32>,
      _ weights: Span<Scalar>, _ values: inout MutableSpan<Scalar>,
      _ gradient: inout MutableSpan<Scalar>
    ) throws(InputError) -> BlockSum
  ) throws(InputError) -> Double {
    let width = rows.width
    let elements = range.lowerBound * width..<range.upperBound * width
    let (storedWeights, weighted): ([Scalar], Range<Int>) =
      switch weights {
      case .ones: ([], 0..<0)
      case .rows(let weights) where valuesPerRow == 1: (weights, range)
      case .rows(let weights):
        (repeated(weights.span.extracting(range), times: valuesPerRow), 0..<elements.count)
      case .elements(let weights): (weights, elements)
      }
    let weights = storedWeights.span.extracting(weighted)

    let sum: BlockSum
    switch targets {
    case .classes(let classes, let ignored) where loss is any ClassLoss:
      guard
        let block = BlockClasses(
          classes.span.extracting(range), ignored: ignored, highest: width - 1)
      else {
        throw outOfRange(range, of: classes, ignored: ignored, highest: width - 1)
      }
      if let isIgnored = block.ignored {
        let counted = isIgnored.indices.map {
          isIgnored[$0] ? 0 : weights.isEmpty ? 1 : weights[$0]
        }
        sum = try evaluate(
          predictions, Span(), block.classes.span, counted.span, &values, &gradient)
      } else {
        sum = try evaluate(predictions, Span(), block.classes.span, weights, &values, &gradient)
      }
    case .classes(let classes, _):
      let targets = try oneHot(classes, [], range)
      sum = try evaluate(predictions, targets.span, Span(), weights, &values, &gradient)
    case .scoredClasses(let classes, let scores):
      let targets = try oneHot(classes, scores, range)
      sum = try evaluate(predictions, targets.span, Span(), weights, &values, &gradient)
    case .dense(let targets):
      let compared = range.lowerBound * targetWidth..<range.upperBound * targetWidth
      let targets = targets.span.extracting(compared)
      if let decoding {
        sum = try decoding.evaluate(
          predictions, relativeTo: decoding.priors.span.extracting(compared), gradient: &gradient,
          with: instructions
        ) { boxes, gradient throws(InputError) in
          try evaluate(boxes, targets, Span(), weights, &values, &gradient)
        }
      } else if let insideWeights {
        let inside = insideWeights.span.extracting(elements)
        let differences = weightedDifferences(predictions, targets, inside)
        let zeros = [Scalar](repeating: 0, count: differences.count)
        sum = try evaluate(differences.span, zeros.span, Span(), weights, &values, &gradient)
        multiply(&gradient, by: inside)
      } else if distributions > 1 {
        let shares = shares(of: weights, rows: range.count)
        sum = try evaluate(predictions, targets, Span(), shares.span, &values, &gradient)
      } else {
        sum = try evaluate(predictions, targets, Span(), weights, &values, &gradient)
      }
    }
    guard sum.isFinite else { throw nonFinite(range, predictions) }
    return sum.value
  }

  /// What each distribution of the rows weighs: its share of its row's weight.
  private func shares(of weights: Span<Scalar>, rows count: Int) -> [Scalar] {
    let share = 1 / Scalar(distributions)
    return (0..<count * distributions).map {
      weights.isEmpty ? share : share * weights[$0 / distributions]
    }
  }

  /// The target rows of a block.
  private func oneHot(
    _ classes: [Int], _ scores: [Scalar], _ range: Range<Int>
  ) throws(InputError) -> [Scalar] {
    guard
      let block = BlockClasses(classes.span.extracting(range), ignored: nil, highest: rows.width)
    else {
      throw outOfRange(range, of: classes, ignored: nil, highest: rows.width)
    }
    return LossCore.oneHot(
      block.classes.span, scores: scores.isEmpty ? Span() : scores.span.extracting(range),
      width: rows.width)
  }
}
