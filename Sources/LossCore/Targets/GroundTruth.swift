/// The objects of one image.
public struct GroundTruth: Sendable, Equatable {
  /// The boxes of the objects, in pixels.
  public let boxes: [Box]
  /// The class of each box: 1 and up; 0 is the background.
  public let labels: [Int]
  /// Regions in which priors answer for nothing: crowds, or objects that nobody is sure of.
  public let ignoredRegions: [Box]

  /// The objects of one image; a box without a label of its own gets class 1.
  public init(boxes: [Box], labels: [Int], ignoredRegions: [Box] = []) {
    self.boxes = boxes
    self.labels = labels + Array(repeating: 1, count: max(0, boxes.count - labels.count))
    self.ignoredRegions = ignoredRegions
  }
}
