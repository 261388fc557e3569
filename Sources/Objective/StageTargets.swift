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
    let assignment = try inImage(sampleRequest.image) { () throws(InputError) in
      try assigner.assign(request, workers: workers)
    }
    let sample = try sampler.sample(assignment, sampleRequest)
    return try inImage(sampleRequest.image) { () throws(InputError) in
      try MatchedPriors(
        request.priors, request.groundTruth, assignment, sample, coder: coder)
    }
  }

  /// What `body` returns; an error of a part that doesn't know the image gets its place.
  private func inImage<Result>(
    _ image: Int, _ body: () throws(InputError) -> Result
  ) throws(InputError) -> Result {
    do throws(InputError) {
      return try body()
    } catch {
      throw InputError(
        "stage \(name), image \(image), \(error.place)", image: image, error.problem)
    }
  }
}
