import LossCore
import LossKernels

/// `count` numbers by a formula of as many rows as a vector has lanes, each of `columns` numbers.
///
/// - Parameter rows: The rows, and room for a vector less one behind them.
@inline(__always)
private func evaluate<Row>(
  _ rows: [Row], count: Int, _ formula: (UnsafePointer<Float>) -> FloatVector
) -> [Float] {
  let columns = MemoryLayout<Row>.stride / MemoryLayout<Float>.stride
  return rows.withUnsafeBytes { bytes in
    [Float](unsafeUninitializedCapacity: rows.count) { results, initializedCount in
      initializedCount = count
      guard let start = results.baseAddress,
        let numbers = bytes.assumingMemoryBound(to: Float.self).baseAddress
      else { return }
      for row in stride(from: 0, to: count, by: FloatVector.count) {
        formula(numbers + columns * row).store(at: start + row)
      }
    }
  }
}

extension AssignmentRequest {
  /// A number for the predicted box of each of `priors`, by a formula.
  @inline(__always)
  func evaluate(
    boxesOf priors: [Int], _ formula: (FormulaBox<FloatVector>) -> FloatVector
  ) -> [Float] {
    let room = repeatElement(Box(0, 0, 0, 0), count: FloatVector.count - 1)
    return MatchCosts.evaluate(
      priors.map { predictions.boxes[$0] } + room, count: priors.count
    ) { formula(FormulaBox(at: $0)) }
  }

  /// A number for the probability that each of `priors` has for the class of a ground truth, by a formula.
  @inline(__always)
  func evaluate(
    scoresOf priors: [Int], with object: Int, _ formula: (FloatVector) -> FloatVector
  ) -> [Float] {
    let room = repeatElement(Float(0), count: FloatVector.count - 1)
    return MatchCosts.evaluate(
      scores(of: priors, with: object) + room, count: priors.count
    ) { formula(FloatVector(at: $0)) }
  }

  /// The probability that each of `priors` has for the class of a ground truth.
  func scores(of priors: [Int], with object: Int) -> [Float] {
    predictions.scores(
      of: priors, label: groundTruth.labels[object], priors: self.priors.count)
  }
}
