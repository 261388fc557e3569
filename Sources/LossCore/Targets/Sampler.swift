/// The priors of one image that count in the losses.
public struct Sample: Sendable, Equatable {
  /// Priors that are matched to a ground truth, in ascending order.
  public let positives: [Int]
  /// Priors that are background, in ascending order.
  public let negatives: [Int]

  /// A sample; both lists in ascending order.
  public init(positives: [Int], negatives: [Int]) {
    self.positives = positives
    self.negatives = negatives
  }

  /// All priors of an assignment that are positive or background.
  public init(everyPriorOf assignment: Assignment) {
    var positives: [Int] = []
    var negatives: [Int] = []
    negatives.reserveCapacity(assignment.matches.count)
    for (prior, match) in assignment.matches.enumerated() {
      if match >= 0 { positives.append(prior) }
      if match == Assignment.background { negatives.append(prior) }
    }
    self.init(positives: positives, negatives: negatives)
  }
}

/// What a sampler may read of one image beside the assignment.
public struct SampleRequest: Sendable {
  /// The name of the stage.
  public let stage: String
  /// The index of the image in its batch.
  public let image: Int
  /// Counts draws from the same image, such as training steps.
  public let step: Int
  /// For each prior whether a recorded draw took it; `nil` if none was recorded.
  public let recorded: [Bool]?
  /// For each prior its loss as it is matched, in a sampler that reads it; 0 for one that is ignored.
  public let rowLosses: [Float]

  /// Puts a request together.
  public init(
    stage: String, image: Int = 0, step: Int = 0, recorded: [Bool]? = nil, rowLosses: [Float] = []
  ) {
    self.stage = stage
    self.image = image
    self.step = step
    self.recorded = recorded
    self.rowLosses = rowLosses
  }
}

/// Chooses which assigned priors count.
public protocol Sampler: Component {
  /// What the sampler reads beside the matches: ``StageInput/overlaps``, ``StageInput/quality``,
  /// ``StageInput/rowLosses``; nothing, as a rule.
  var reads: Set<StageInput> { get }

  /// Samples the priors of one image.
  ///
  /// - Throws: ``InputError`` where the request lacks what the sampler reads.
  func sample(
    _ assignment: Assignment, _ request: SampleRequest
  ) throws(InputError) -> Sample
}

extension Sampler {
  public var reads: Set<StageInput> { [] }
}
