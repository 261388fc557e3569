import LossCore
import LossKernels

/// What the priors of one stage should predict, image by image. No gradient flows here.
public struct StageTargets: Sendable {
  /// The targets of one image.
  public struct Image: Sendable {
    /// The priors.
    public let priors: [Box]
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
  }

  /// The name of the stage.
  public let stage: String
  /// The images of the batch.
  public let images: [Image]
  /// The feature maps that the priors lie on; empty where they don't.
  public let featureMaps: [FeatureMap]

  /// The same targets with the sampled priors alone, for a head that runs on nothing else: the
  /// proposal-target step of a second stage.
  ///
  /// A row of the head's predictions is then a sampled prior, images outermost.
  public func keepingSampled() -> StageTargets {
    StageTargets(
      stage: stage,
      images: images.map { image in
        let kept = image.sampled
        let positions = Dictionary(uniqueKeysWithValues: zip(kept, kept.indices))
        return Image(
          priors: kept.map { image.priors[$0] },
          assignment: Assignment(matches: kept.map { image.assignment.matches[$0] }),
          sampled: Array(kept.indices),
          classes: image.classes,
          positives: image.positives.compactMap { positions[$0] },
          boxes: image.boxes,
          boxTargets: image.boxTargets)
      },
      featureMaps: [])
  }
}

extension StageTargets.Image {
  /// Assigns, samples and encodes the priors of one image.
  init(
    priors: [Box], groundTruth: GroundTruth, size: ImageSize, stage: Stage, request: SampleRequest,
    workers: Workers
  ) throws(InputError) {
    let assignment = try stage.assigner.assign(
      priors, to: groundTruth, imageSize: size, workers: workers)
    let sample = try stage.sampler.sample(assignment, request)
    let sampled = (sample.positives + sample.negatives).sorted()
    try Self.check(
      assignment, sample, sampled, priors: priors.count, objects: groundTruth.boxes.count,
      place: "stage \(stage.name), image \(request.image)")

    self.priors = priors
    self.assignment = assignment
    self.sampled = sampled
    self.classes = sampled.map { prior in
      let match = assignment.matches[prior]
      return match < 0 ? 0 : Int32(clamping: groundTruth.labels[Int(match)])
    }
    self.positives = sample.positives
    self.boxes = sample.positives.map { groundTruth.boxes[Int(assignment.matches[$0])] }
    self.boxTargets = zip(boxes, sample.positives).map { box, prior in
      stage.coder.encode(box, relativeTo: priors[prior])
    }
    if let index = boxTargets.firstIndex(where: { target in
      target.indices.contains { !target[$0].isFinite }
    }) {
      let prior = sample.positives[index]
      throw InputError(
        "stage \(stage.name), image \(request.image), prior \(prior)",
        "the box target from \(priors[prior].coordinates) is not finite; drop proposals without "
          + "area")
    }
  }
  /// Checks what an assigner and a sampler said, which may be somebody else's.
  private static func check(
    _ assignment: Assignment, _ sample: Sample, _ sampled: [Int], priors: Int, objects: Int,
    place: String
  ) throws(InputError) {
    guard assignment.matches.count == priors, assignment.matches.allSatisfy({ $0 < objects }) else {
      throw InputError(
        place,
        "the assigner must give each of \(priors) priors one of \(objects) ground truths, "
          + "background or ignored")
    }
    let isValid =
      sampled.allSatisfy { (0..<priors).contains($0) }
      && zip(sampled, sampled.dropFirst()).allSatisfy { $0 < $1 }
      && zip(sample.positives, sample.positives.dropFirst()).allSatisfy { $0 < $1 }
      && sample.positives.allSatisfy { assignment.matches[$0] >= 0 }
      && sample.negatives.allSatisfy { assignment.matches[$0] == Assignment.background }
    guard isValid else {
      throw InputError(
        place,
        "the sampler must draw positives from the matched priors and negatives from the "
          + "background, each prior once and in ascending order")
    }
  }
}
