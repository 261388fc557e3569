import CLibrary
import LossCore
import LossKernels

/// Makes the rows that a loss is checked on: random, extreme, and such that kinks are straddled.
struct CheckInputs {
  let loss: any Loss
  let width: Int
  let rule: DifferenceRule
  /// Numbers that kinks may lie at: 0, 1 and the loss's parameters.
  let kinks: [Double]
  let random: RandomStream

  /// The number of rows of the random and of the extreme input.
  static let rows = 48

  /// - Parameter parameters: Numbers that the loss was made with.
  init(
    _ loss: any Loss, width: Int, parameters: [Double], rule: DifferenceRule, seed: UInt64
  ) {
    self.loss = loss
    self.width = width
    self.rule = rule
    kinks = Array(Set([0, 1] + parameters.map { abs($0) }.filter { $0 < 1e4 })).sorted()
    random = RandomStream(seed: seed, name: "gradient check")
  }

  /// The inputs, with each kind of target that the loss takes.
  func all() throws(TensorError) -> [CheckInput] {
    var inputs: [CheckInput] = []
    if loss is any ClassLoss {
      for (name, predictions) in rowsWithoutTargets {
        inputs.append(input(name, predictions, .classes(classes(predictions.count / width))))
      }
    }
    if loss is any DenseLoss {
      for (name, predictions, targets) in rowsWithTargets {
        let rows = predictions.count / width
        let tensor = try Tensor(shape: [rows, loss.targetWidth(width)], elements: targets)
        inputs.append(input(name, predictions, .dense(tensor)))
      }
    }
    return inputs
  }

  private func input(
    _ name: String, _ predictions: [Double], _ targets: LossTargets<Double>
  ) -> CheckInput {
    CheckInput(
      name: name, width: width, predictions: predictions, targets: targets,
      steps: predictions.map { rule.step(scale: scale($0)) })
  }

  /// The distance on which a loss of `prediction` may change: 1, but more for large numbers, whose values
  /// are rounded more coarsely.
  private func scale(_ prediction: Double) -> Double {
    switch loss.predictionKind {
    case .numbers, .logProbabilities: max(1, abs(prediction)).squareRoot()
    case .boxes: 1
    // So that no place lies outside 0 … 1.
    case .probabilities: min(prediction, 1 - prediction)
    }
  }

  private func classes(_ rows: Int) -> [Int] {
    (0..<rows).map { $0 % max(1, loss.labelColumns(of: width)) }
  }
}

// What the numbers are.
extension CheckInputs {
  private var rowsWithoutTargets: [(String, [Double])] {
    let count = Self.rows * width
    // Equal columns, for losses that take the greatest.
    let ties = (0..<Self.rows).flatMap { row in
      (0..<width).map { column in
        prediction(row) + halfSteps[(row + column * (row % 3)) % halfSteps.count]
      }
    }
    return [
      ("random", (0..<count).map(prediction)), ("extreme", (0..<count).map(extremePrediction)),
      ("kinks", loss.predictionKind == .numbers ? ties : []),
    ].filter { !$0.1.isEmpty }
  }

  private var rowsWithTargets: [(String, [Double], [Double])] {
    guard loss.predictionKind != .boxes else { return boxRows }
    let count = Self.rows * width
    let targets = (0..<Self.rows).flatMap { targetRow($0) }
    var rows = [
      ("random", (0..<count).map(prediction), targets),
      ("extreme", (0..<count).map(extremePrediction), targets),
    ]
    if loss.predictionKind == .numbers, loss.targetWidth(width) == width {
      // Differences, and predictions themselves, at each kink and next to it.
      let places = kinks.flatMap { kink in
        [kink, -kink].flatMap { at in halfSteps.map { at + $0 } }
      }
      let rowCount = (2 * places.count + width - 1) / width
      let targets = (0..<rowCount).flatMap { targetRow($0) }
      let predictions = targets.enumerated().map { index, target in
        let place = places[index % places.count]
        return index / places.count % 2 == 0 ? target + place : place
      }
      rows.append(("kinks", predictions, targets))
    }
    return rows
  }

  /// Distances from a kink: on it, half a step off, and a step and a half.
  private var halfSteps: [Double] {
    let step = rule.step(scale: 1)
    return [0, 0.5 * step, -0.5 * step, 1.5 * step, -1.5 * step]
  }

  private func prediction(_ index: Int) -> Double {
    switch loss.predictionKind {
    case .numbers, .boxes: 2 * normal(index)
    case .probabilities: 0.02 + 0.96 * random.uniform(index)
    case .logProbabilities: -6 * random.uniform(index)
    }
  }

  /// Of a magnitude between 1e-30 and 1e4; a probability as near to one of its ends as 1e-8.
  private func extremePrediction(_ index: Int) -> Double {
    let place = random.uniform(index + 1_000_000)
    let sign: Double = random.uniform(index + 2_000_000) < 0.5 ? -1 : 1
    switch loss.predictionKind {
    case .numbers, .boxes: return sign * single(pow(10, -30 + 34 * place))
    case .logProbabilities: return -single(pow(10, -30 + 34 * place))
    case .probabilities:
      let size = exp2((-1 - 26 * place).rounded(.down))
      return sign < 0 ? size : 1 - size
    }
  }

  /// Numbers that suit the loss: bits and probabilities, a distribution, or any.
  private func targetRow(_ row: Int) -> [Double] {
    let uniform = (0..<width).map { random.uniform(row * width + $0 + 3_000_000) }
    if loss.targetWidth(width) == 1, width > 1 { return [single(uniform[0] * Double(width)) - 0.5] }
    switch (loss.predictionKind, loss.activation) {
    case (.logProbabilities, _), (_, .softmax), (_, .exponential):
      let sum = uniform.reduce(0, +)
      return uniform.map { sum > 0 ? $0 / sum : 0 }
    case (.probabilities, _), (_, .sigmoid):
      return uniform.map { row % 2 == 0 ? $0.rounded() : $0 }
    default:
      // On a coarse grid, so that a difference from them is exact.
      return (0..<width).map { (64 * normal(row * width + $0 + 4_000_000)).rounded() / 32 }
    }
  }

  /// A standard normal number by the transform of Box and Muller.
  private func normal(_ index: Int) -> Double {
    let radius = (-2 * log1p(-random.uniform(2 * index))).squareRoot()
    return single(radius * cos(2 * .pi * random.uniform(2 * index + 1)))
  }

  /// The nearest number that Float holds, so that a loss in single precision sees the same.
  private func single(_ number: Double) -> Double { Double(Float(number)) }
}

// Boxes.
extension CheckInputs {
  private var boxRows: [(String, [Double], [Double])] {
    let targets = (0..<Self.rows).map { box($0, sides: 8...40) }
    let random = (0..<Self.rows).map { box($0 + Self.rows, sides: 8...40) }
    let extreme = (0..<Self.rows).map { index in
      let scale = [1.0, 1.0 / 16, 64][index % 3]
      return box(index + 2 * Self.rows, sides: 8...40).map { $0 * scale }
    }
    // Sides in common, and boxes that touch, with and without half a step between.
    let kinks = targets.enumerated().map { index, target in
      let step = halfSteps[index % halfSteps.count]
      var moved = target
      switch index / halfSteps.count % 3 {
      case 0: moved = moved.map { $0 + step }
      case 1: moved = [target[0] + step, target[1] - 3, target[2] + 5, target[3] + step]
      default: moved = [target[2] + step, target[1] + 2, target[2] + 9, target[3] - 1]
      }
      return moved
    }
    return [("random", random), ("extreme", extreme), ("kinks", kinks)].map {
      ($0, $1.flatMap(\.self), targets.flatMap(\.self))
    }
  }

  /// A box on eighths of pixels.
  private func box(_ index: Int, sides: ClosedRange<Double>) -> [Double] {
    func number(_ place: Int, _ range: ClosedRange<Double>) -> Double {
      let uniform = random.uniform(4 * index + place + 5_000_000)
      return ((range.lowerBound + uniform * (range.upperBound - range.lowerBound)) * 8).rounded()
        / 8
    }
    let (x, y) = (number(0, 0...24), number(1, 0...24))
    return [x, y, x + number(2, sides), y + number(3, sides)]
  }
}
