/// The priors of one image, which of them count, and what each of these is matched to: what targets and
/// row weights are made from.
public struct MatchedPriors: Sendable {
  /// The priors.
  public let priors: Priors
  /// Which ground truth each prior is matched to.
  public let assignment: Assignment
  /// The priors that count, in ascending order.
  public let sampled: [Int]
  /// The class of each sampled prior: the label of its ground truth, 0 for background.
  public let classes: [Int32]
  /// The sampled priors that are matched to a ground truth, in ascending order.
  public let positives: [Int]
  /// The ground-truth box of each prior of ``positives``.
  public let boxes: [Box]
  /// The encoded box of each prior of ``positives``.
  public let boxTargets: [SIMD4<Float>]

  /// Puts the matches of an image together: a class for each prior of `sampled`, a box and a box target
  /// for each of `positives`.
  package init(
    priors: Priors, assignment: Assignment, sampled: [Int], classes: [Int32], positives: [Int],
    boxes: [Box], boxTargets: [SIMD4<Float>]
  ) {
    self.priors = priors
    self.assignment = assignment
    self.sampled = sampled
    self.classes = classes
    self.positives = positives
    self.boxes = boxes
    self.boxTargets = boxTargets
  }

  /// The same with the sampled priors alone.
  package func keepingSampled() -> MatchedPriors {
    let positions = Dictionary(uniqueKeysWithValues: zip(sampled, sampled.indices))
    return MatchedPriors(
      priors: Priors(sampled.map { priors.boxes[$0] }),
      assignment: Assignment(matches: sampled.map { assignment.matches[$0] }),
      sampled: Array(sampled.indices),
      classes: classes,
      positives: positives.compactMap { positions[$0] },
      boxes: boxes,
      boxTargets: boxTargets)
  }

  /// The rows of a scope, as priors in ascending order.
  package func priors(in scope: RowScope) -> [Int] { scope == .sampled ? sampled : positives }

  /// The label of each row of a scope.
  package func labels(in scope: RowScope) -> [Int32] {
    scope == .sampled ? classes : classes.filter { $0 > 0 }
  }
}

/// Which priors have a row in a term.
public enum RowScope: String, Sendable {
  /// All that are sampled.
  case sampled
  /// Those that are sampled and matched to a ground truth.
  case positives
}
