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

/// Decides which ground truth each prior is matched to, or that it is background, or ignored.
public protocol Assigner: Component {
  /// Assigns the priors of one image.
  ///
  /// - Parameter workers: How many threads to use; the assignment must not depend on it.
  /// - Throws: ``InputError`` where the priors can't be assigned.
  func assign(
    _ priors: [Box], to groundTruth: GroundTruth, imageSize: ImageSize, workers: Workers
  ) throws(InputError) -> Assignment
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
