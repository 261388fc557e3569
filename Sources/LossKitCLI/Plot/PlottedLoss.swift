import LossKit
import Plots

/// A loss over one number that its prediction depends on.
struct PlottedLoss {
  /// What the number is.
  enum Axis: Hashable {
    /// The prediction, of which the loss reads the difference from its target.
    case difference
    /// The prediction, a logit or any number; the target is told.
    case number(target: Double)
    /// The prediction, a probability.
    case probability(target: Double)
    /// The logit of the class that is meant; another class has the logit 0.
    case classLogit
    /// The log-probability of the class that is meant.
    case classLogProbability
    /// How far a box lies to the right of its target, in widths of that.
    case shift
    /// How many times larger a box is than its target, along both sides, with the same centre.
    case scale
  }

  let name: String
  let loss: any Loss

  /// Over what the loss is drawn.
  ///
  /// - Parameter targets: What predictions should be, for a loss that doesn't read the difference alone.
  func axes(targets: [Double]) -> [Axis] {
    let dense = loss as? any DenseLoss
    switch loss.predictionKind {
    case .boxes: return [.shift, .scale]
    case .logProbabilities: return [.classLogProbability]
    case .probabilities where dense != nil: return targets.map { .probability(target: $0) }
    case .numbers, .probabilities: break
    }
    guard let dense, loss.activation != .softmax, !dense.comparesOneNumber else {
      return [.classLogit]
    }
    return dense.readsDifference ? [.difference] : targets.map { .number(target: $0) }
  }

  /// The loss and its derivative along an axis.
  ///
  /// - Throws: `InputError` where the loss doesn't take such rows.
  func curves(over axis: Axis) throws(InputError) -> (
    values: [(x: Double, y: Double)], derivatives: [(x: Double, y: Double)]
  ) {
    let places = axis.places
    let rows = places.map(axis.row)
    let predictions = try tensor(rows)
    let result = try loss.evaluate(
      predictions, targets: try targets(over: axis, count: rows.count), reduction: .sumPerRow,
      gradient: true)
    let width = predictions.shape[1]
    let gradient = result.gradient?.elements ?? []
    let derivatives = places.enumerated().map { index, place in
      zip(gradient[index * width..<(index + 1) * width], axis.change(place))
        .reduce(0) { $0 + $1.0 * $1.1 }
    }
    return (
      zip(places, result.values?.elements ?? []).map { ($0, $1) },
      zip(places, derivatives).map { ($0, $1) }
    )
  }

  private func tensor(_ rows: [[Double]]) throws(InputError) -> Tensor<Double> {
    do throws(TensorError) {
      return try Tensor(
        shape: [rows.count, rows.first?.count ?? 0], elements: rows.flatMap(\.self))
    } catch {
      throw InputError("predictions", "\(error)")
    }
  }

  private func targets(
    over axis: Axis, count: Int
  ) throws(InputError) -> LossTargets<Double> {
    func dense(_ row: [Double]) throws(InputError) -> LossTargets<Double> {
      .dense(try tensor(Array(repeating: row, count: count)))
    }
    switch axis {
    case .difference: return try dense([0])
    case .number(let target), .probability(let target): return try dense([target])
    case .classLogProbability: return .classes(Array(repeating: 1, count: count))
    case .shift, .scale: return try dense(Axis.box)
    case .classLogit:
      if loss is any ClassLoss { return .classes(Array(repeating: 1, count: count)) }
      // The second of two bins; or the logits of another model.
      return try dense((loss as? any DenseLoss)?.comparesOneNumber == true ? [1] : [0, 2])
    }
  }
}

extension PlottedLoss.Axis {
  /// The target of the axes of boxes.
  fileprivate static let box: [Double] = [100, 100, 200, 200]

  /// What stands over the plots.
  var title: String {
    switch self {
    case .difference, .classLogProbability: ""
    case .number(let target), .probability(let target): "target \(target.short)"
    case .classLogit: "two columns, the second meant"
    case .shift: "box shifted"
    case .scale: "box scaled"
    }
  }

  /// What stands under the axis.
  var xTitle: String {
    switch self {
    case .difference: "prediction − target"
    case .number: "prediction"
    case .probability: "probability"
    case .classLogit: "logit over that of the other"
    case .classLogProbability: "log-probability of the class"
    case .shift: "shift, in widths of the target"
    case .scale: "scale"
    }
  }

  /// The least and the largest number.
  private var range: (low: Double, high: Double) {
    switch self {
    case .difference: (-3, 3)
    case .number, .classLogit: (-6, 6)
    case .probability: (0.02, 0.98)
    case .classLogProbability: (-6, 0)
    case .shift: (-1.5, 1.5)
    case .scale: (0.25, 4)
    }
  }

  /// The scale of the axis.
  var plotScale: PlotScale {
    if case .probability = self { return PlotScale([0, 1], room: 0) }
    return PlotScale([range.low, range.high], logarithmic: self == .scale, room: 0)
  }

  /// The numbers along the axis; none lies on a kink, such as where boxes are the same.
  var places: [Double] {
    let count = 240
    return (0..<count).map { index in
      let part = (Double(index) + 0.5) / Double(count)
      return self == .scale
        ? range.low * Double.exp(part * Double.log(range.high / range.low))
        : range.low + part * (range.high - range.low)
    }
  }

  /// The predictions at a place.
  fileprivate func row(_ x: Double) -> [Double] {
    switch self {
    case .difference, .number, .probability: return [x]
    case .classLogit, .classLogProbability: return [0, x]
    case .shift: return [100 + 100 * x, 100, 200 + 100 * x, 200]
    case .scale: return [150 - 50 * x, 150 - 50 * x, 150 + 50 * x, 150 + 50 * x]
    }
  }

  /// The derivative of the predictions by the place.
  fileprivate func change(_ x: Double) -> [Double] {
    switch self {
    case .difference, .number, .probability: [1]
    case .classLogit, .classLogProbability: [0, 1]
    case .shift: [100, 0, 100, 0]
    case .scale: [-50, -50, 50, 50]
    }
  }
}

extension Double {
  /// The number in as few digits as it needs, to six.
  fileprivate var short: String { formatted(significant: 6) }
}
