import LossKernels

/// A function that compares rows of predictions with targets.
///
/// A loss is a ``ClassLoss`` if a target is a class index, a ``DenseLoss`` if it is a row of numbers as
/// wide as the prediction, or both. An author writes ``BlockFormula/evaluate(_:)``, or a formula alone
/// (``FormulaLoss``, ``BoxPairLoss``); reductions, weights, the numbers that they are divided by, layouts
/// and threads are added by ``evaluate(_:targets:weights:insideWeights:reduction:after:gradient:workers:)``.
public protocol Loss: Component, BlockFormula {
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

  /// Where the background stands unless a term says otherwise; one that reads it in the last column can have it
  /// nowhere else.
  var background: BackgroundColumn { get }

  /// Checks that rows of `width` columns suit the parameters (a weight for each class, say).
  ///
  /// - Throws: ``InputError`` that says which width would.
  func check(width: Int) throws(InputError)
}

extension Loss {
  /// No activation.
  public var activation: Activation { .identity }
  /// Any numbers.
  public var predictionKind: PredictionKind { .numbers }
  /// The gradient is the derivative.
  public var holdsPartConstant: Bool { false }
  /// One column a class, none for the background.
  public func columns(classes: Int) -> Int { classes }
  /// First where the loss reads a column more than there are classes.
  public var background: BackgroundColumn { columns(classes: 1) == 2 ? .first : .none }
  /// Accepts every width.
  public func check(width: Int) throws(InputError) {}
}

/// A loss that may have another declaration than its type, such as one that a recipe defines.
package protocol RedeclaredLoss: Loss {
  /// The declaration, which may be another one.
  var declaration: Declaration { get set }
}

extension RedeclaredLoss {
  /// The same loss under another name, with other parameters.
  package func declared(as declaration: Declaration) -> Self {
    var loss = self
    loss.declaration = declaration
    return loss
  }
}

/// What a loss reads as predictions.
public enum PredictionKind: String, Sendable {
  /// Any numbers: logits, coordinates.
  case numbers
  /// Numbers from 0 to 1.
  case probabilities
  /// Numbers up to 0.
  case logProbabilities
  /// Boxes: x1, y1, x2, y2, as a rule with x1 ≤ x2 and y1 ≤ y2.
  case boxes
}

/// A loss whose target is a class index a row.
public protocol ClassLoss: Loss {
  /// The class index that marks a row to be left out, beside the valid ones; `nil` if there is none.
  var ignoredClass: Int? { get }

  /// The weight that a row with this target carries in a mean over weights; already part of the
  /// values.
  func weight(ofClass target: Int) -> Double
}

extension ClassLoss {
  /// No class is left out.
  public var ignoredClass: Int? { nil }
  /// Every class weighs 1.
  public func weight(ofClass target: Int) -> Double { 1 }
}

/// A loss whose target is a row of numbers, as a rule as wide as the prediction.
public protocol DenseLoss: Loss {
  /// Whether each element has a value of its own; else a row has one.
  var evaluatesElements: Bool { get }

  /// Whether the loss reads nothing but `prediction − target`, so that inside weights can multiply
  /// that difference.
  var readsDifference: Bool { get }

  /// Whether a row is compared with one number, with which the block's targets are filled; else with as many
  /// as it has columns.
  var comparesOneNumber: Bool { get }
}

extension DenseLoss {
  /// A row has one value.
  public var evaluatesElements: Bool { false }
  /// The loss reads prediction and target each by itself.
  public var readsDifference: Bool { false }
  /// A row is compared with as many numbers as it has columns.
  public var comparesOneNumber: Bool { false }
}

extension Loss {
  /// The numbers that a row of `width` columns is compared with, where they aren't classes.
  package func targetWidth(_ width: Int) -> Int {
    (self as? any DenseLoss)?.comparesOneNumber == true ? 1 : width
  }
}
