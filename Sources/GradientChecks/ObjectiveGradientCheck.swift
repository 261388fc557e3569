import LossCore
import LossKernels
import Objective

/// Whether the gradient of an objective is the derivative of its total: along random directions of each
/// prediction, held against differences of the total in Double.
///
/// The total is evaluated at five places along a direction, and the central difference of fourth order
/// must agree with the gradient to 1e-6 of the gradient's norm. It is taken with three steps, each a
/// sixteenth of the one before, and the best agreement counts: a kink that the long step crosses, the
/// short one doesn't.
///
/// Targets stay as they are. Terms whose loss takes a part of its value for a constant are left out.
public struct ObjectiveGradientCheck: Sendable {
  /// What was found for one prediction.
  public struct Prediction: Sendable {
    /// The name of the tensor.
    public let name: String
    /// The norm of the gradient.
    public let gradientNorm: Double
    /// The largest error over all directions, relative to the norm.
    public let error: Double
    /// The derivative along the direction of that error, by the gradient.
    public let derivative: Double
    /// The same by differences.
    public let expected: Double
  }

  /// The predictions in the order of the objective.
  public private(set) var predictions: [Prediction] = []
  /// The terms that were left out, each as stage and name: `rcnn.rcnn_box`.
  public let leftOut: [String]

  /// The error that is allowed.
  public static let tolerance = 1e-6
  /// How many directions each prediction is moved along.
  public static let directions = 4

  /// Whether no prediction's error is larger than allowed.
  public var isRight: Bool { predictions.allSatisfy { $0.error <= Self.tolerance } }

  /// Checks an objective.
  ///
  /// - Parameters:
  ///   - targets: What the objective made of the same predictions.
  ///   - seed: Chooses the directions.
  /// - Throws: ``InputError`` where the objective can't be evaluated.
  public init(
    _ objective: DetectionObjective, predictions tensors: [String: Tensor<Double>],
    against targets: [StageTargets], seed: UInt64 = 0, workers: Workers = .standard
  ) throws(InputError) {
    leftOut = objective.stages.flatMap { stage in
      stage.terms.filter(\.loss.holdsPartConstant).map { "\(stage.name).\($0.name)" }
    }
    let checked = try objective.withoutTermsThatHoldConstants()
    // Row weights stay as they are too.
    let targets = try checked.reading(tensors, for: targets)
    let result = try checked.evaluate(tensors, against: targets, workers: workers)
    let terms = checked.stages.flatMap(\.terms).filter { !$0.loss.holdsPartConstant }
    let names = Set(terms.flatMap(\.predictions))
    for name in checked.predictionNames where names.contains(name) {
      guard let tensor = tensors[name], let gradient = result.gradients[name] else { continue }
      func total(_ direction: [Double], _ distance: Double) throws(InputError) -> Double {
        var moved = tensors
        moved[name]?.withMutableElements { elements in
          for index in elements.indices { elements[index] += distance * direction[index] }
        }
        return try checked.evaluate(moved, against: targets, gradients: false, workers: workers)
          .total
      }
      let norm = gradient.elements.reduce(0) { $0 + $1 * $1 }.squareRoot()
      var worst = Prediction(name: name, gradientNorm: norm, error: 0, derivative: 0, expected: 0)
      for index in 0..<Self.directions {
        let random = RandomStream(seed: seed, name: name, step: index)
        let direction = (0..<tensor.count).map { 2 * random.uniform($0) - 1 }
        let derivative = zip(gradient.elements, direction).reduce(0) { $0 + $1.0 * $1.1 }
        let (error, expected) = try Self.error(of: derivative, norm: norm) {
          distance throws(InputError) in try total(direction, distance)
        }
        guard error >= worst.error else { continue }
        worst = Prediction(
          name: name, gradientNorm: norm, error: error, derivative: derivative, expected: expected)
      }
      predictions.append(worst)
    }
  }

  /// The least error over three steps, and the difference that it is held against.
  private static func error(
    of derivative: Double, norm: Double, _ total: (Double) throws(InputError) -> Double
  ) throws(InputError) -> (error: Double, expected: Double) {
    var best = (error: Double.infinity, expected: Double.nan)
    for step in [0x1p-13, 0x1p-17, 0x1p-21] {
      let values = [try total(-2 * step), try total(-step), try total(step), try total(2 * step)]
      let expected = (8 * (values[2] - values[1]) - (values[3] - values[0])) / (12 * step)
      let noise = 0x1p-49 * values.reduce(0) { max($0, abs($1)) } / step
      let distance = abs(derivative - expected)
      let size = max(norm, abs(derivative), abs(expected)) + noise / tolerance
      let error = distance == 0 ? 0 : distance.isFinite ? distance / size : .infinity
      if error < best.error { best = (error, expected) }
    }
    return best
  }
}

extension DetectionObjective {
  /// The objective with a weight of 0 for terms whose gradient isn't the derivative of their value. They stay,
  /// as others may read what they predict.
  fileprivate func withoutTermsThatHoldConstants() throws(InputError) -> DetectionObjective {
    try DetectionObjective(
      name: name,
      stages: stages.map { stage in
        var stage = stage
        stage.terms = stage.terms.map { term in
          var term = term
          if term.loss.holdsPartConstant { term.weight = 0 }
          return term
        }
        return stage
      })
  }
}
