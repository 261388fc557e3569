import LossCore

/// What the priors of one stage should predict, image by image. No gradient flows here.
public struct StageTargets: Sendable {
  /// The targets of one image.
  public struct Image: Sendable {
    /// The priors.
    public let priors: [Box]
    /// Which ground truth each prior answers for.
    public let assignment: Assignment
    /// The priors that count, in ascending order.
    public let sampled: [Int]
    /// The class of each sampled prior: the label of its ground truth, 0 for background.
    public let classes: [Int32]
    /// The sampled priors that answer for a ground truth, in ascending order.
    public let positives: [Int]
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
          boxTargets: image.boxTargets)
      },
      featureMaps: [])
  }
}

extension StageTargets.Image {
  /// Assigns, samples and encodes the priors of one image.
  init(
    priors: [Box], groundTruth: GroundTruth, size: ImageSize, stage: Stage, request: SampleRequest
  ) throws(InputError) {
    let assignment = try stage.assigner.assign(priors, to: groundTruth, imageSize: size)
    let sample = try stage.sampler.sample(assignment, request)

    var sampled: [Int] = []
    var classes: [Int32] = []
    sampled.reserveCapacity(sample.positives.count + sample.negatives.count)
    var positives = sample.positives[...]
    var negatives = sample.negatives[...]
    while let next = [positives.first, negatives.first].compactMap(\.self).min() {
      sampled.append(next)
      if next == positives.first {
        positives.removeFirst()
        classes.append(
          Int32(clamping: groundTruth.labels[Int(assignment.matches[next])]))
      } else {
        negatives.removeFirst()
        classes.append(0)
      }
    }
    self.priors = priors
    self.assignment = assignment
    self.sampled = sampled
    self.classes = classes
    self.positives = sample.positives
    self.boxTargets = sample.positives.map { prior in
      stage.coder.encode(
        groundTruth.boxes[Int(assignment.matches[prior])], relativeTo: priors[prior])
    }
  }
}
