import LossKit

/// A loss with parameters, and the kind of input that it is tried on.
public struct LossSetting: Sendable, CustomStringConvertible {
  /// What the predictions are.
  public enum Predictions: Sendable {
    /// Any numbers.
    case logits
    /// Numbers from 0 to 1.
    case probabilities
    /// Numbers up to 0.
    case logProbabilities
    /// Boxes.
    case boxes
  }

  /// What the targets are.
  public enum Targets: Sendable {
    /// A class index a row.
    case classes
    /// Rows of numbers that add up to 1.
    case distributions
    /// Zeros and ones.
    case bits
    /// Numbers from 0 to 1.
    case probabilities
    /// Any numbers.
    case coordinates
    /// A number a row, from a little below 0 to a little above the last column.
    case positions
    /// Boxes near the predicted ones.
    case boxes
  }

  /// The loss's registered name.
  public var loss: String
  /// The loss's parameters.
  public var parameters: [String: ParameterValue]
  /// What the predictions are.
  public var predictions: Predictions
  /// What the targets are.
  public var targets: Targets
  /// The number of columns.
  public var width: Int
  /// The distances of prediction and target, weighted inside, at which the formula changes.
  public var kinks: [Double]

  /// A setting.
  public init(
    _ loss: String, _ parameters: [String: ParameterValue] = [:], _ predictions: Predictions,
    _ targets: Targets, width: Int = 3, kinks: [Double] = []
  ) {
    self.loss = loss
    self.parameters = parameters
    self.predictions = predictions
    self.targets = targets
    self.width = width
    self.kinks = kinks
  }

  /// The loss as a recipe writes it.
  public var description: String {
    let values = parameters.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    return "\(loss)(\(values.joined(separator: ", "))) on \(width) \(targets)"
  }

  /// The loss.
  public func make() throws -> any Loss { try Registry.builtIn().loss(loss, parameters) }

  /// The kinds of weights that the loss takes.
  func weightings() throws -> [LossInput.Weighting] {
    let loss = try make()
    var weightings: [LossInput.Weighting] = [.none, .rows]
    if (loss as? any DenseLoss)?.evaluatesElements == true { weightings.append(.elements) }
    if (loss as? any DenseLoss)?.readsDifference == true { weightings.append(.inside) }
    return weightings
  }
}
