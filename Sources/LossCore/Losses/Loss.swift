import LossKernels

/// A function that scores rows of predictions against rows of targets.
///
/// A loss is a ``ClassLoss`` where a target is a class index, a ``DenseLoss`` where it is a row of
/// numbers as wide as the prediction, or both. An author writes the formula and its derivative;
/// reductions, weights, the numbers that they are divided by, layouts and threads are added by
/// ``evaluate(_:targets:weights:insideWeights:reduction:gradient:workers:)``.
public protocol Loss: Component {
  /// The name, formula, source and parameters: those of the type, except where losses that go by
  /// several names share a type.
  var declaration: Declaration { get }

  /// What turns a row of predictions into probabilities, where the loss implies it.
  var activation: Activation { get }

  /// What the predictions are: for whoever draws some to try the loss on.
  var predictionKind: PredictionKind { get }

  /// Whether the gradient takes a part of the value for a constant, by definition of the loss, so that
  /// it isn't the derivative of the value.
  var holdsPartConstant: Bool { get }

  /// The number of columns that the loss reads for `classes` foreground classes.
  ///
  /// `classes + 1` where the background has a column of its own (the first), as for a softmax;
  /// `classes`, the default, where it has none, as for sigmoids.
  func columns(classes: Int) -> Int

  /// Checks that rows of `width` columns suit the parameters (a weight for each class, say).
  ///
  /// - Throws: ``InputError`` that says which width would.
  func check(width: Int) throws(InputError)
}

extension Loss {
  /// The declaration of the type.
  public var declaration: Declaration { Self.declaration }
  /// No activation.
  public var activation: Activation { .identity }
  /// Any numbers.
  public var predictionKind: PredictionKind { .numbers }
  /// The gradient is the derivative.
  public var holdsPartConstant: Bool { false }
  /// One column a class, none for the background.
  public func columns(classes: Int) -> Int { classes }
  /// Accepts every width.
  public func check(width: Int) throws(InputError) {}
}

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
}

/// What a loss reads as predictions.
public enum PredictionKind: String, Sendable {
  /// Any numbers: logits, coordinates.
  case numbers
  /// Numbers from 0 to 1.
  case probabilities
  /// Numbers up to 0.
  case logProbabilities
  /// Boxes: x1, y1, x2, y2 with x1 ≤ x2 and y1 ≤ y2.
  case boxes
}

/// A loss whose target is a class index a row.
public protocol ClassLoss: Loss {
  /// The class index that marks a row to be left out, beside the valid ones; nothing where there is
  /// none.
  var ignoredClass: Int? { get }

  /// The weight that a row with this target carries in a mean over weights; already part of the
  /// values.
  func weight(ofClass target: Int) -> Double

  /// Scores a block of rows.
  ///
  /// - Parameters:
  ///   - predictions: `[rows, width]`, finite.
  ///   - targets: A class below `width` for each row, or a negative number where the row is left out
  ///     and its value and gradient stay zero.
  ///   - values: Receives the loss of each row; zeros at first.
  ///   - gradient: Receives the derivative of each row's loss by its predictions; zeros at first, and
  ///     empty where no gradient is asked for.
  /// - Throws: ``InputError`` where the rows can't be scored.
  func score<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, classes targets: Span<Int32>, width: Int,
    values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError)

  /// Scores a block of rows, weighs and adds up; provided, on ``score(_:classes:width:values:gradient:)``.
  ///
  /// A loss that does it in one pass is faster.
  ///
  /// - Parameters:
  ///   - predictions: `[rows, width]`.
  ///   - targets: A class below `width` for each row, or a negative number where the row is left out
  ///     and its value and gradient are zero.
  ///   - weights: What each row's value and gradient are multiplied by, or none where all weigh 1.
  ///   - scale: What the gradient is multiplied by besides.
  ///   - values: Receives the weighted loss of each row, or is empty where only the sum is asked for.
  ///   - gradient: Receives the gradient, or is empty where none is asked for. What it holds before is
  ///     undefined, as with `values`.
  /// - Returns: The sum of the weighted values, and whether all predictions are finite.
  /// - Throws: ``InputError`` where the rows can't be scored.
  func scoreBlock<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, classes targets: Span<Int32>, width: Int, weights: Span<Scalar>,
    scale: Scalar, values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError) -> BlockSum

  /// ``scoreBlock(_:classes:width:weights:scale:values:gradient:)`` over Float; provided.
  var floatForm: ClassForm<Float> { get }

  /// ``scoreBlock(_:classes:width:weights:scale:values:gradient:)`` over Double; provided.
  var doubleForm: ClassForm<Double> { get }
}

extension ClassLoss {
  /// No class is left out.
  public var ignoredClass: Int? { nil }
  /// Every class weighs 1.
  public func weight(ofClass target: Int) -> Double { 1 }

  /// Scores the rows, then weighs them, then adds up.
  @inlinable
  public func scoreBlock<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, classes targets: Span<Int32>, width: Int, weights: Span<Scalar>,
    scale: Scalar, values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError) -> BlockSum {
    try weighBlock(
      predictions, valueCount: targets.count, weights: weights, scale: scale, values: &values,
      gradient: &gradient
    ) { values, gradient throws(InputError) in
      try score(predictions, classes: targets, width: width, values: &values, gradient: &gradient)
    }
  }

  // Inlinable, so that a loss's module compiles its formula for each scalar type once, and a call
  // through `any ClassLoss` reaches that code instead of the unspecialized generic.

  /// The formula compiled for Float.
  @inlinable @inline(never)
  public var floatForm: ClassForm<Float> {
    { predictions, targets, width, weights, scale, values, gradient throws(InputError) in
      try self.scoreBlock(
        predictions, classes: targets, width: width, weights: weights, scale: scale,
        values: &values, gradient: &gradient)
    }
  }

  /// The formula compiled for Double.
  @inlinable @inline(never)
  public var doubleForm: ClassForm<Double> {
    { predictions, targets, width, weights, scale, values, gradient throws(InputError) in
      try self.scoreBlock(
        predictions, classes: targets, width: width, weights: weights, scale: scale,
        values: &values, gradient: &gradient)
    }
  }
}

/// A loss whose target is a row of numbers as wide as the prediction.
public protocol DenseLoss: Loss {
  /// Whether each element has a value of its own; else a row has one.
  var scoresElements: Bool { get }

  /// Whether the loss reads nothing but `prediction − target`, so that inside weights can multiply
  /// that difference.
  var readsDifference: Bool { get }

  /// Scores a block of rows.
  ///
  /// - Parameters:
  ///   - predictions: `[rows, width]`, finite.
  ///   - targets: `[rows, width]`, finite.
  ///   - values: Receives the loss of each element where ``scoresElements``, else of each row; zeros
  ///     at first.
  ///   - gradient: Receives the derivative of each value by its predictions; zeros at first, and
  ///     empty where no gradient is asked for.
  /// - Throws: ``InputError`` where the rows can't be scored.
  func score<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, against targets: Span<Scalar>, width: Int,
    values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError)

  /// Scores a block of rows, weighs and adds up; provided, on ``score(_:against:width:values:gradient:)``.
  ///
  /// A loss that does it in one pass is faster.
  ///
  /// - Parameters:
  ///   - predictions: `[rows, width]`.
  ///   - targets: `[rows, width]`.
  ///   - weights: What each value and its slopes are multiplied by, as many as there are values; or none
  ///     where all weigh 1.
  ///   - scale: What the gradient is multiplied by besides.
  ///   - values: Receives the weighted loss of each element where ``scoresElements``, else of each row;
  ///     empty where only the sum is asked for.
  ///   - gradient: Receives the gradient, or is empty where none is asked for. What it holds before is
  ///     undefined, as with `values`.
  /// - Returns: The sum of the weighted values, and whether all predictions and targets are finite.
  /// - Throws: ``InputError`` where the rows can't be scored.
  func scoreBlock<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, against targets: Span<Scalar>, width: Int, weights: Span<Scalar>,
    scale: Scalar, values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError) -> BlockSum

  /// ``scoreBlock(_:against:width:weights:scale:values:gradient:)`` over Float; provided.
  var floatForm: DenseForm<Float> { get }

  /// ``scoreBlock(_:against:width:weights:scale:values:gradient:)`` over Double; provided.
  var doubleForm: DenseForm<Double> { get }
}

extension DenseLoss {
  /// A row has one value.
  public var scoresElements: Bool { false }
  /// The loss reads prediction and target each by itself.
  public var readsDifference: Bool { false }

  /// Scores the rows, then weighs them, then adds up.
  @inlinable
  public func scoreBlock<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, against targets: Span<Scalar>, width: Int, weights: Span<Scalar>,
    scale: Scalar, values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError) -> BlockSum {
    guard areFinite(targets) else { return BlockSum(value: 0, isFinite: false) }
    let valueCount = scoresElements || width == 0 ? predictions.count : predictions.count / width
    return try weighBlock(
      predictions, valueCount: valueCount, weights: weights, scale: scale, values: &values,
      gradient: &gradient
    ) { values, gradient throws(InputError) in
      try score(predictions, against: targets, width: width, values: &values, gradient: &gradient)
    }
  }

  /// The formula compiled for Float.
  @inlinable @inline(never)
  public var floatForm: DenseForm<Float> {
    { predictions, targets, width, weights, scale, values, gradient throws(InputError) in
      try self.scoreBlock(
        predictions, against: targets, width: width, weights: weights, scale: scale,
        values: &values, gradient: &gradient)
    }
  }

  /// The formula compiled for Double.
  @inlinable @inline(never)
  public var doubleForm: DenseForm<Double> {
    { predictions, targets, width, weights, scale, values, gradient throws(InputError) in
      try self.scoreBlock(
        predictions, against: targets, width: width, weights: weights, scale: scale,
        values: &values, gradient: &gradient)
    }
  }
}
