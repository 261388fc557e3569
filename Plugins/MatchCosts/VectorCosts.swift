import LossCore
import LossKernels

extension AssignmentRequest {
  /// A number for the predicted box of each of `priors`, by a formula.
  @inline(__always)
  func evaluate(
    boxesOf priors: [Int], _ formula: (FormulaBox<FloatVector>) -> FloatVector
  ) -> [Float] {
    let boxes: [Float] = numbers(4 * priors.count) { coordinates in
      for (row, prior) in priors.enumerated() {
        let box = predictions.boxes[prior]
        coordinates[4 * row] = box.x1
        coordinates[4 * row + 1] = box.y1
        coordinates[4 * row + 2] = box.x2
        coordinates[4 * row + 3] = box.y2
      }
    }
    return numbers(ofBoxes: boxes, by: formula)
  }

  /// A number for the probability that each of `priors` has for the class of a ground truth, by a formula.
  @inline(__always)
  func evaluate(
    scoresOf priors: [Int], with object: Int, _ formula: (FloatVector) -> FloatVector
  ) -> [Float] {
    var numbers = scores(of: priors, with: object)
    replaceEach(&numbers, by: formula)
    return numbers
  }

  /// The probability that each of `priors` has for the class of a ground truth.
  func scores(of priors: [Int], with object: Int) -> [Float] {
    predictions.scores(
      of: priors, label: groundTruth.labels[object], priors: self.priors.count)
  }
}
