import LossCore
import LossKernels

/// What the priors of one stage should predict, image by image. No gradient flows here.
public struct StageTargets: Sendable {
  /// The name of the stage.
  public let stage: String
  /// The images of the batch.
  public let images: [MatchedPriors]
  /// The feature maps that the priors lie on; empty where they don't.
  public let featureMaps: [FeatureMap]

  /// The same targets with the sampled priors alone, for a head that runs on nothing else: the
  /// proposal-target step of a second stage.
  ///
  /// A row of the head's predictions is then a sampled prior, images outermost.
  public func keepingSampled() -> StageTargets {
    StageTargets(stage: stage, images: images.map { $0.keepingSampled() }, featureMaps: [])
  }
}

extension Stage {
  /// Assigns, samples and encodes the priors of one image.
  func match(
    _ request: AssignmentRequest, _ sampleRequest: SampleRequest, workers: Workers
  ) throws(InputError) -> MatchedPriors {
    let priors = request.priors
    let groundTruth = request.groundTruth
    let place = "stage \(name), image \(sampleRequest.image)"
    let assignment = try assigner.assign(request, workers: workers)
    let sample = try sampler.sample(assignment, sampleRequest)
    let sampled = (sample.positives + sample.negatives).sorted()
    try check(
      assignment, sample, sampled, priors: priors.count, objects: groundTruth.boxes.count,
      place: place)

    let classes = sampled.map { prior in
      let match = assignment.matches[prior]
      return match < 0 ? 0 : Int32(clamping: groundTruth.labels[Int(match)])
    }
    let boxes = sample.positives.map { groundTruth.boxes[Int(assignment.matches[$0])] }
    let boxTargets = zip(boxes, sample.positives).map { box, prior in
      coder.encode(box, relativeTo: priors.boxes[prior])
    }
    if let index = boxTargets.firstIndex(where: { target in
      target.indices.contains { !target[$0].isFinite }
    }) {
      let prior = sample.positives[index]
      throw InputError(
        "\(place), prior \(prior)", image: sampleRequest.image,
        "the box target from \(priors.boxes[prior].coordinates) is not finite; drop proposals "
          + "without area")
    }
    return MatchedPriors(
      priors: priors, assignment: assignment, sampled: sampled, classes: classes,
      positives: sample.positives, boxes: boxes, boxTargets: boxTargets)
  }
}

/// Checks what an assigner and a sampler said, which may be somebody else's.
private func check(
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
