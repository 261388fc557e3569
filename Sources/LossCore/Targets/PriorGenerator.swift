/// The size of a feature map in cells.
public struct FeatureMap: Sendable, Equatable, CustomStringConvertible {
  /// The number of rows.
  public let height: Int
  /// The number of columns.
  public let width: Int

  /// A size, height first as in a tensor's shape.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  public var description: String { "\(height) × \(width)" }
}

/// What a prior generator may read of one image.
public struct PriorRequest: Sendable {
  /// The size of the image.
  public let imageSize: ImageSize
  /// The size to which the image is padded; `nil` if that isn't known.
  public let paddedSize: ImageSize?
  /// The feature maps that predictions were made on, one a level; empty where there are none.
  public let featureMaps: [FeatureMap]
  /// The proposals that came with the image; `nil` if none came.
  public let proposals: [Box]?
  /// The objects of the image.
  public let groundTruth: GroundTruth
  /// The scored boxes of the stage that ``PriorGenerator/sourceStage`` names.
  public let scoredBoxes: ScoredBoxes?

  /// Puts a request together.
  public init(
    imageSize: ImageSize, paddedSize: ImageSize? = nil, featureMaps: [FeatureMap] = [],
    proposals: [Box]? = nil, groundTruth: GroundTruth, scoredBoxes: ScoredBoxes? = nil
  ) {
    self.imageSize = imageSize
    self.paddedSize = paddedSize
    self.featureMaps = featureMaps
    self.proposals = proposals
    self.groundTruth = groundTruth
    self.scoredBoxes = scoredBoxes
  }
}

/// What an earlier stage predicts for one image: a box and a score for each of its priors.
public struct ScoredBoxes: Sendable {
  /// The decoded boxes, levels in order.
  public let boxes: [Box]
  /// How sure the stage is that a box holds an object; the higher the surer.
  public let scores: [Float]
  /// The number of boxes on each level.
  public let levels: [Int]

  /// Boxes and their scores.
  ///
  /// - Throws: ``InputError`` where there aren't as many scores as boxes, or the levels don't add up to
  ///   as many.
  public init(boxes: [Box], scores: [Float], levels: [Int]) throws(InputError) {
    guard scores.count == boxes.count else {
      throw InputError(
        "scored boxes", "\(scores.count) scores for \(boxes.count) boxes; expected one a box")
    }
    guard levels.addUp(to: boxes.count) else {
      throw InputError(
        "scored boxes", "levels of \(levels) boxes; expected numbers that add up to \(boxes.count)")
    }
    self.boxes = boxes
    self.scores = scores
    self.levels = levels
  }
}

/// Makes the boxes that a stage's predictions are relative to.
public protocol PriorGenerator: Component {
  /// The number of priors at each cell of each level's feature map, level by level; `nil` if
  /// the priors don't lie on feature maps.
  var priorsPerCell: [Int]? { get }

  /// Whether the levels of the priors have strides; the default is whether they lie on feature maps.
  var hasStrides: Bool { get }

  /// The stage whose scored boxes the priors are made from; `nil`, the default, if they aren't.
  var sourceStage: String? { get }

  /// The priors of one image: levels in order, and within a level by row, column and prior of a cell.
  ///
  /// - Throws: ``InputError`` where the request lacks what the priors are made from.
  func priors(for request: PriorRequest) throws(InputError) -> Priors
}

extension PriorGenerator {
  public var hasStrides: Bool { priorsPerCell != nil }
  public var sourceStage: String? { nil }
}
