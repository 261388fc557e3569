import LossKernels

/// Which ground truth each prior of an image is matched to.
public struct Assignment: Sendable, Equatable {
  /// Stands for the background in ``matches``.
  public static let background: Int32 = -1
  /// Stands for a prior that is ignored in ``matches``.
  public static let ignored: Int32 = -2

  /// For each prior the index of its ground truth, ``background``, or ``ignored``.
  public let matches: [Int32]

  /// An assignment of as many priors as `matches` has elements.
  public init(matches: [Int32]) {
    self.matches = matches
  }
}

/// What an assigner may read of one image.
public struct AssignmentRequest: Sendable {
  /// The priors.
  public let priors: Priors
  /// The objects.
  public let groundTruth: GroundTruth
  /// The size of the image.
  public let imageSize: ImageSize
  /// Counts training steps.
  public let step: Int
  /// What the stage predicts, as far as the assigner ``Assigner/reads`` it.
  public let predictions: StagePredictions

  /// Puts a request together.
  public init(
    priors: Priors, groundTruth: GroundTruth, imageSize: ImageSize, step: Int = 0,
    predictions: StagePredictions = StagePredictions()
  ) {
    self.priors = priors
    self.groundTruth = groundTruth
    self.imageSize = imageSize
    self.step = step
    self.predictions = predictions
  }
}

/// What a stage predicts for one image, for parts that read it: no gradient flows through.
public struct StagePredictions: Sendable, Equatable {
  /// For each prior a probability for each class, `[priors, classes]`; empty where nobody reads it. A stage
  /// that tells objects alone has one class.
  public let scores: [Float]
  /// For each prior the decoded box; empty where nobody reads it. It may be inverted.
  public let boxes: [Box]

  /// Predictions; none, as a rule.
  public init(scores: [Float] = [], boxes: [Box] = []) {
    self.scores = scores
    self.boxes = boxes
  }
}

/// What a part of a stage may read that not every stage has.
public enum StageInput: String, Sendable {
  /// The strides of the priors' levels, which priors on feature maps have.
  case strides
  /// The probabilities that the stage's term for classes or objects predicts.
  case scores
  /// The boxes that the stage's term for boxes predicts.
  case boxes
}

/// Decides which ground truth each prior is matched to, or that it is background, or ignored.
public protocol Assigner: Component {
  /// What the assigner reads beside boxes; nothing, as a rule.
  var reads: Set<StageInput> { get }

  /// Assigns the priors of one image.
  ///
  /// - Parameter workers: How many threads to use; the assignment must not depend on it.
  /// - Throws: ``InputError`` where the priors can't be assigned.
  func assign(
    _ request: AssignmentRequest, workers: Workers
  ) throws(InputError) -> Assignment
}

extension Assigner {
  public var reads: Set<StageInput> { [] }

  /// Assigns the priors of one image on as many threads as the machine has cores.
  ///
  /// - Throws: ``InputError`` where the priors can't be assigned.
  public func assign(_ request: AssignmentRequest) throws(InputError) -> Assignment {
    try assign(request, workers: .standard)
  }
}

/// The objects of one image.
public struct GroundTruth: Sendable, Equatable {
  /// The boxes of the objects, in pixels.
  public let boxes: [Box]
  /// The class of each box: 1 and up; 0 is the background.
  public let labels: [Int]
  /// Regions in which priors are ignored: crowds, or objects that nobody is sure of.
  public let ignoredRegions: [Box]

  /// The objects of one image; a box without a label of its own gets class 1.
  public init(boxes: [Box], labels: [Int], ignoredRegions: [Box] = []) {
    self.boxes = boxes
    self.labels = labels + Array(repeating: 1, count: max(0, boxes.count - labels.count))
    self.ignoredRegions = ignoredRegions
  }
}
