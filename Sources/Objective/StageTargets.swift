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

  /// Whether the targets have what the stage predicts.
  package var hasRead: Bool {
    images.contains { !$0.predictions.scores.isEmpty || !$0.predictions.boxes.isEmpty }
  }

  /// The same with what the stage predicts for each image.
  func reading(_ predictions: [StagePredictions]) -> StageTargets {
    StageTargets(
      stage: stage, images: zip(images, predictions).map { $0.reading($1) },
      featureMaps: featureMaps)
  }
}

extension Stage {
  /// Assigns, samples and encodes the priors of one image.
  func match<Scalar: LossScalar>(
    _ request: AssignmentRequest, image: Int, recorded: [Bool]?, rowLosses: RowLosses<Scalar>?,
    workers: Workers
  ) throws(InputError) -> MatchedPriors {
    // Parts don't know the stage and the image.
    func placed<Result>(
      _ body: () throws(InputError) -> Result
    ) throws(InputError) -> Result {
      do throws(InputError) {
        return try body()
      } catch {
        throw InputError(
          "stage \(name), image \(image), \(error.place)", image: image, error.problem)
      }
    }
    let assignment = try placed { () throws(InputError) in
      guard let visible = request.priors.visible, let part = request.ofVisiblePriors else {
        return try assigner.assign(request, workers: workers)
      }
      return try assigner.assign(part, workers: workers)
        .spread(to: visible, of: request.priors.count)
    }
    func matched(_ sample: Sample) throws(InputError) -> MatchedPriors {
      try placed { () throws(InputError) in
        try MatchedPriors(
          request.priors, request.groundTruth, assignment, sample, coder: coder,
          imageSize: request.imageSize)
      }
    }
    let losses = try rowLosses.map { losses throws(InputError) in
      try losses.values(
        image: image, try matched(Sample(everyPriorOf: assignment)), workers: workers)
    }
    return try matched(
      try sampler.sample(
        assignment,
        SampleRequest(
          stage: name, image: image, step: request.step, recorded: recorded,
          rowLosses: losses ?? [])))
  }

  /// What parts read of an assignment beside the matches.
  var wants: Set<StageInput> {
    targetReads.union(sampler.reads).intersection([.overlaps, .quality])
  }
}
