import LossKernels

/// Which ground truth each prior of an image answers for.
public struct Assignment: Sendable, Equatable {
  /// Stands for the background in ``matches``.
  public static let background: Int32 = -1
  /// Stands for a prior that takes no part in ``matches``.
  public static let ignored: Int32 = -2

  /// For each prior the index of its ground truth, ``background``, or ``ignored``.
  public let matches: [Int32]

  /// An assignment of as many priors as `matches` has elements.
  public init(matches: [Int32]) {
    self.matches = matches
  }
}

/// Decides which ground truth each prior answers for, or that it is background, or takes no part.
public protocol Assigner: Component {
  /// Assigns the priors of one image.
  ///
  /// - Parameter workers: How many threads to use; the assignment must not depend on it.
  /// - Throws: ``InputError`` where the priors can't be assigned.
  func assign(
    _ priors: [Box], to groundTruth: GroundTruth, imageSize: ImageSize, workers: Workers
  ) throws(InputError) -> Assignment
}
