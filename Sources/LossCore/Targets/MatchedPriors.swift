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
  /// The encoded box of each prior of ``positives``; not finite for a prior without area, as a rule.
  public let boxTargets: [SIMD4<Float>]
  /// The size of the image.
  public private(set) var imageSize = ImageSize(height: 1, width: 1)
  /// What the stage predicts, as far as a target or a row weight reads it: for positives, and for other sampled
  /// priors if a row weight that reads it has rows for them. Elsewhere it means nothing.
  public private(set) var predictions = StagePredictions()

  /// What an assigner and a sampler said of the priors of an image.
  ///
  /// - Throws: ``InputError`` where the assigner doesn't give each prior a ground truth, background or
  ///   ignored, or the sampler takes others than matched priors for positives and background for negatives, or
  ///   one twice.
  public init(
    _ priors: Priors, _ groundTruth: GroundTruth, _ assignment: Assignment, _ sample: Sample,
    coder: any BoxCoder, imageSize: ImageSize = ImageSize(height: 1, width: 1)
  ) throws(InputError) {
    let sampled = (sample.positives + sample.negatives).sorted()
    try Self.check(
      assignment, sample, sampled, priors: priors.count, objects: groundTruth.boxes.count)
    let boxes = sample.positives.map { groundTruth.boxes[Int(assignment.matches[$0])] }
    let boxTargets = zip(boxes, sample.positives).map { box, prior in
      coder.encode(box, relativeTo: priors.boxes[prior])
    }
    self.init(
      priors: priors, assignment: assignment, sampled: sampled,
      classes: sampled.map { prior in
        let match = assignment.matches[prior]
        return match < 0 ? 0 : Int32(clamping: groundTruth.labels[Int(match)])
      }, positives: sample.positives, boxes: boxes, boxTargets: boxTargets, imageSize: imageSize)
  }

  package init(
    priors: Priors, assignment: Assignment, sampled: [Int], classes: [Int32], positives: [Int],
    boxes: [Box], boxTargets: [SIMD4<Float>],
    imageSize: ImageSize = ImageSize(height: 1, width: 1)
  ) {
    self.imageSize = imageSize
    self.priors = priors
    self.assignment = assignment
    self.sampled = sampled
    self.classes = classes
    self.positives = positives
    self.boxes = boxes
    self.boxTargets = boxTargets
  }

  /// Checks what an assigner and a sampler said, which may be somebody else's.
  private static func check(
    _ assignment: Assignment, _ sample: Sample, _ sampled: [Int], priors: Int, objects: Int
  ) throws(InputError) {
    guard assignment.matches.count == priors,
      assignment.matches.allSatisfy({ Assignment.ignored <= $0 && $0 < objects })
    else {
      throw InputError(
        "assigner",
        "must give each of \(priors) priors one of \(objects) ground truths, background or ignored")
    }
    for (name, values) in [("overlaps", assignment.overlaps), ("quality", assignment.quality)]
    where !values.isEmpty {
      guard values.count == priors, values.allSatisfy({ 0 <= $0 && $0.isFinite }) else {
        throw InputError(
          "assigner",
          "must give \(name) of 0 or more for each of \(priors) priors, or none at all")
      }
    }
    let isValid =
      sampled.allSatisfy { (0..<priors).contains($0) }
      && zip(sampled, sampled.dropFirst()).allSatisfy { $0 < $1 }
      && zip(sample.positives, sample.positives.dropFirst()).allSatisfy { $0 < $1 }
      && sample.positives.allSatisfy { assignment.matches[$0] >= 0 }
      && sample.negatives.allSatisfy { assignment.matches[$0] == Assignment.background }
    guard isValid else {
      throw InputError(
        "sampler",
        "must draw positives from the matched priors and negatives from the background, each prior "
          + "once and in ascending order")
    }
  }

  /// The same with what the stage predicts.
  package func reading(_ predictions: StagePredictions) -> MatchedPriors {
    var result = self
    result.predictions = predictions
    return result
  }

  /// The same with the sampled priors alone.
  package func keepingSampled() -> MatchedPriors {
    let positions = Dictionary(uniqueKeysWithValues: zip(sampled, sampled.indices))
    return MatchedPriors(
      priors: Priors(
        all: sampled.map { priors.boxes[$0] },
        addedGroundTruths: sampled.count - sampledWithoutAdded.count),
      assignment: Assignment(
        matches: sampled.map { assignment.matches[$0] },
        overlaps: assignment.overlaps.isEmpty ? [] : sampled.map { assignment.overlaps[$0] },
        quality: assignment.quality.isEmpty ? [] : sampled.map { assignment.quality[$0] }),
      sampled: Array(sampled.indices),
      classes: classes,
      positives: positives.compactMap { positions[$0] },
      boxes: boxes,
      boxTargets: boxTargets,
      imageSize: imageSize)
  }

  /// The sampled priors that aren't added ground truths.
  package var sampledWithoutAdded: ArraySlice<Int> {
    sampled.prefix { $0 < priors.count - priors.addedGroundTruths }
  }

  /// The rows of a scope, as priors in ascending order.
  package func priors(in scope: RowScope) -> [Int] { scope == .sampled ? sampled : positives }

  /// The label of each row of a scope.
  package func labels(in scope: RowScope) -> [Int32] {
    scope == .sampled ? classes : classes.filter { $0 > 0 }
  }
}

/// Which priors have a row in a term.
public enum RowScope: String, Sendable, CaseIterable {
  /// All that are sampled.
  case sampled
  /// Those that are sampled and matched to a ground truth.
  case positives
}
