import LossCore

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
