import LossCore

/// An object, or a region to ignore, as metrics see it.
public struct Annotation: Sendable, Equatable {
  /// Where, in pixels of the image.
  public var box: Box
  /// The class, 1 and up; `nil` for a region that is ignored whatever the class.
  public var label: Int?
  /// The area by which the object counts as small, medium or large: of its box, or of its outline where
  /// the data set knows that.
  public var area: Double
  /// Whether detections in here that match no object count neither for nor against the detector.
  public var isCrowd: Bool

  /// An annotation.
  ///
  /// - Parameter area: The area of the box where left out.
  public init(box: Box, label: Int?, area: Double? = nil, isCrowd: Bool = false) {
    self.box = box
    self.label = label
    self.area = area ?? MeasuredRectangle(box).area
    self.isCrowd = isCrowd
  }
}

extension GroundTruth {
  /// The objects, each with the area of its box, and the ignored regions as crowds of any class.
  public var annotations: [Annotation] {
    zip(boxes, labels).map { Annotation(box: $0, label: $1) }
      + ignoredRegions.map { Annotation(box: $0, label: nil, isCrowd: true) }
  }
}

/// An object that a detector found.
public struct Detection: Sendable, Equatable {
  /// Where, in pixels of the image.
  public var box: Box
  /// Of which class: 1 and up.
  public var label: Int
  /// How sure the detector is: the higher the surer.
  public var score: Float

  /// A detection.
  public init(box: Box, label: Int, score: Float) {
    self.box = box
    self.label = label
    self.score = score
  }
}
