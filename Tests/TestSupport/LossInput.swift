import LossCore
import LossKit

/// What a loss is evaluated on. Random numbers are ones that Float holds exactly, so that both
/// precisions see the same.
struct LossInput: Sendable {
  /// Which weights there are.
  enum Weighting: Sendable, CaseIterable {
    case none
    case rows
    case elements
    /// Inside weights, and outside weights of the rows.
    case inside
  }

  var rows: Int
  var width: Int
  var predictions: [Double]
  var classes: [Int]?
  var targets: [Double] = []
  var rowWeights: [Double]?
  var elementWeights: [Double]?
  var insideWeights: [Double]?

  /// Evaluates `loss` over `Scalar` on each of some numbers of threads and instruction sets.
  func evaluate<Scalar: LossScalar>(
    _ loss: any Loss, over _: Scalar.Type, reduction: Reduction, gradient: Bool = true,
    on workers: [Workers]
  ) throws -> [LossResult<Scalar>] {
    func tensor(_ elements: [Double], width: Int? = nil) throws -> Tensor<Scalar> {
      try Tensor(shape: [rows, width ?? self.width], elements: elements.map { Scalar($0) })
    }
    let predictions = try tensor(predictions)
    let targets: LossTargets<Scalar> =
      try classes.map { .classes($0) }
      ?? .dense(
        try tensor(targets, width: rows > 0 ? targets.count / rows : loss.targetWidth(width)))
    let weights =
      try rowWeights.map { Tensor($0.map { Scalar($0) }) } ?? elementWeights.map { try tensor($0) }
    let insideWeights = try insideWeights.map { try tensor($0) }
    return try workers.map { workers in
      try loss.evaluate(
        predictions, targets: targets, weights: weights, insideWeights: insideWeights,
        reduction: reduction, gradient: gradient, workers: workers)
    }
  }

  /// Evaluates `loss` over `Scalar` on one thread.
  func evaluate<Scalar: LossScalar>(
    _ loss: any Loss, over _: Scalar.Type, reduction: Reduction, gradient: Bool = true
  ) throws -> LossResult<Scalar> {
    try evaluate(
      loss, over: Scalar.self, reduction: reduction, gradient: gradient, on: [Workers(1)])[0]
  }
}

extension LossSetting {
  /// Random input of ordinary size, no closer than 1e-3 to a kink, zero and one among the weights.
  func randomInput(
    rows: Int, _ weighting: LossInput.Weighting = .none, seed: UInt64
  ) -> LossInput {
    var generator = SeededGenerator(seed: seed)
    let count = rows * width
    let range: ClosedRange<Double> =
      switch predictions {
      case .logits: -4...4
      case .probabilities: 0.02...0.98
      case .logProbabilities: -6...0
      case .boxes: 0...64
      }
    var input = LossInput(
      rows: rows, width: width,
      predictions: predictions == .boxes
        ? generator.boxes(rows) : generator.numbers(count, in: range))
    setTargets(of: &input, using: &generator)

    let weights: [Double] = [0, 0.5, 1, 2]
    func pick(_ count: Int) -> [Double] {
      (0..<count).map { _ in weights[Int.random(in: 0..<4, using: &generator)] }
    }
    switch weighting {
    case .none: break
    case .rows: input.rowWeights = pick(rows)
    case .elements: input.elementWeights = pick(count)
    case .inside:
      input.rowWeights = pick(rows)
      input.insideWeights = pick(count)
    }
    for index in 0..<(kinks.isEmpty ? 0 : count) {
      let inside = input.insideWeights?[index] ?? 1
      while inside > 0, isNearKink(inside * (input.predictions[index] - input.targets[index])) {
        input.predictions[index] = generator.number(in: range)
      }
    }
    return input
  }

  private func isNearKink(_ difference: Double) -> Bool {
    kinks.contains { abs(abs(difference) - $0) < 1e-3 }
  }

  /// Fills in targets; every fifth row is left out where the loss has an index for that.
  func setTargets(of input: inout LossInput, using generator: inout SeededGenerator) {
    let count = input.rows * width
    switch targets {
    case .classes:
      let columns = (try? make().labelColumns(of: width)) ?? width
      let ignored = parameters["ignore_index"].flatMap { $0.asNumber }.map { Int($0) }
      input.classes = (0..<input.rows).map { row in
        let label = Int.random(in: 0..<columns, using: &generator)
        return row % 5 == 4 ? ignored ?? label : label
      }
    case .distributions:
      var targets = generator.numbers(count, in: 0.01...1)
      for row in 0..<input.rows {
        let sum = targets[row * width..<(row + 1) * width].reduce(0, +)
        for index in row * width..<(row + 1) * width {
          targets[index] = Double(Float(targets[index] / sum))
        }
      }
      input.targets = targets
    case .bits:
      input.targets = (0..<count).map { _ in Bool.random(using: &generator) ? 1 : 0 }
    case .probabilities: input.targets = generator.numbers(count, in: 0...1)
    case .coordinates: input.targets = generator.numbers(count, in: -4...4)
    case .positions:
      input.targets = generator.numbers(input.rows, in: -0.5...Double(width) - 0.5)
    case .boxes: input.targets = generator.boxes(input.rows)
    }
  }
}

extension SeededGenerator {
  /// A number from `range` that Float holds exactly.
  mutating func number(in range: ClosedRange<Double>) -> Double {
    Double(Float.random(in: Float(range.lowerBound)...Float(range.upperBound), using: &self))
  }

  /// The coordinates of boxes with sides from 8 to 40, of which most overlap.
  mutating func boxes(_ count: Int) -> [Double] {
    (0..<count).flatMap { _ in
      let (x, y) = (number(in: 0...24), number(in: 0...24))
      return [x, y, x + number(in: 8...40), y + number(in: 8...40)].map { Double(Float($0)) }
    }
  }

  /// `count` numbers from `range` that Float holds exactly.
  mutating func numbers(_ count: Int, in range: ClosedRange<Double>) -> [Double] {
    (0..<count).map { _ in number(in: range) }
  }
}
