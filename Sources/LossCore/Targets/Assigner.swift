import LossKernels

/// Which ground truth each prior of an image is matched to.
public struct Assignment: Sendable, Equatable {
  /// Stands for the background in ``matches``.
  public static let background: Int32 = -1
  /// Stands for a prior that is ignored in ``matches``.
  public static let ignored: Int32 = -2

  /// For each prior the index of its ground truth, ``background``, or ``ignored``.
  public let matches: [Int32]
  /// For each prior its largest IoU with a ground truth; empty where nobody reads it.
  public let overlaps: [Float]
  /// For each prior how well it suits its ground truth, 0 and up, by the assigner's own measure; empty where
  /// nobody reads it.
  public let quality: [Float]

  /// An assignment of as many priors as `matches` has elements.
  public init(matches: [Int32], overlaps: [Float] = [], quality: [Float] = []) {
    self.matches = matches
    self.overlaps = overlaps
    self.quality = quality
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
  /// The stage's match costs, for an assigner that reads them.
  public let costs: [WeightedMatchCost]
  /// What of an assignment other parts of the stage read: ``StageInput/overlaps``,
  /// ``StageInput/quality``, or nothing beside the matches.
  public let wants: Set<StageInput>

  /// Puts a request together.
  public init(
    priors: Priors, groundTruth: GroundTruth, imageSize: ImageSize, step: Int = 0,
    predictions: StagePredictions = StagePredictions(), costs: [WeightedMatchCost] = [],
    wants: Set<StageInput> = []
  ) {
    self.priors = priors
    self.groundTruth = groundTruth
    self.imageSize = imageSize
    self.step = step
    self.predictions = predictions
    self.costs = costs
    self.wants = wants
  }
}

/// Decides which ground truth each prior is matched to, or that it is background, or ignored.
public protocol Assigner: Component {
  /// What the assigner reads beside boxes; nothing, as a rule.
  var reads: Set<StageInput> { get }

  /// What its assignments have beside matches, where that is wanted: ``StageInput/overlaps``,
  /// ``StageInput/quality``; nothing, as a rule.
  var gives: Set<StageInput> { get }

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
  public var gives: Set<StageInput> { [] }

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

extension AssignmentRequest {
  /// The request for the visible priors by themselves; `nil` if all are.
  package var ofVisiblePriors: AssignmentRequest? {
    guard let visible = priors.visible, let part = priors.visiblePart else { return nil }
    let classes = predictions.scores.count / max(1, priors.count)
    return AssignmentRequest(
      priors: part, groundTruth: groundTruth, imageSize: imageSize, step: step,
      predictions: StagePredictions(
        scores: classes == 0
          ? [] : visible.flatMap { predictions.scores[$0 * classes..<($0 + 1) * classes] },
        boxes: predictions.boxes.isEmpty ? [] : visible.map { predictions.boxes[$0] }),
      costs: costs, wants: wants)
  }
}

extension Assignment {
  /// The assignment of `count` priors of which this is that of the visible ones; the others are ignored.
  ///
  /// - Throws: ``InputError`` where it doesn't have as many elements.
  package func spread(to visible: [Int], of count: Int) throws(InputError) -> Assignment {
    func spread<Element>(_ elements: [Element], _ rest: Element) throws(InputError) -> [Element] {
      guard !elements.isEmpty || visible.isEmpty else { return [] }
      guard elements.count == visible.count else {
        throw InputError(
          "assigner", "gives \(elements.count) matches for \(visible.count) priors")
      }
      var result = [Element](repeating: rest, count: count)
      for (place, element) in zip(visible, elements) { result[place] = element }
      return result
    }
    return Assignment(
      matches: try spread(matches, Self.ignored), overlaps: try spread(overlaps, 0),
      quality: try spread(quality, 0))
  }
}
