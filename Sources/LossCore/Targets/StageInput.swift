/// What a part of a stage may read that not every stage has.
public enum StageInput: String, Sendable {
  /// The strides of the priors' levels, which priors on feature maps have.
  case strides
  /// The probabilities that the stage's term for classes or objects predicts.
  case scores
  /// The probabilities of objects that a term of their own predicts beside the one for classes; not for parts
  /// from shared libraries.
  case objectness
  /// The boxes that the stage's term for boxes predicts.
  case boxes
  /// What the stage's match costs make of a prior and a ground truth.
  case costs
  /// The overlaps of an assignment.
  case overlaps
  /// The quality of an assignment.
  case quality
  /// For each prior the loss of the stage's term for classes or objects.
  case rowLosses = "row losses"
}

/// What a stage predicts for one image, for parts that read it: no gradient flows through.
public struct StagePredictions: Sendable, Equatable {
  /// For each prior a probability for each class, `[priors, classes]`; empty where nobody reads it. A stage
  /// that tells objects alone has one class.
  public let scores: [Float]
  /// For each prior the probability that it holds an object of any class; empty where nobody reads it.
  public let objectness: [Float]
  /// For each prior the decoded box; empty where nobody reads it. It may be inverted.
  public let boxes: [Box]

  /// Predictions; none, as a rule.
  public init(scores: [Float] = [], objectness: [Float] = [], boxes: [Box] = []) {
    self.scores = scores
    self.objectness = objectness
    self.boxes = boxes
  }

  /// The probability that a prior holds an object of a class.
  ///
  /// - Parameters:
  ///   - prior: The index of the prior.
  ///   - label: The class, 1 and up; a stage that tells objects alone has one probability for all.
  ///   - priors: The number of priors.
  /// - Returns: 0 for a class that the scores have no column for.
  public func score(of prior: Int, label: Int, priors: Int) -> Float {
    column(of: label, priors: priors).map { scores[prior * $0.step + $0.offset] } ?? 0
  }

  /// As ``score(of:label:priors:)`` of several priors.
  package func scores(of rows: [Int], label: Int, priors: Int) -> [Float] {
    guard let column = column(of: label, priors: priors) else { return rows.map { _ in 0 } }
    return rows.map { scores[$0 * column.step + column.offset] }
  }

  /// Where the probabilities of a class stand; `nil` if the scores have no column for it.
  package func column(of label: Int, priors: Int) -> (step: Int, offset: Int)? {
    let classes = scores.count / max(1, priors)
    guard classes > 1 else { return (1, 0) }
    return 1...classes ~= label ? (classes, label - 1) : nil
  }
}
