import LossCore

/// An image of a data set and what is on it.
public struct Example: Sendable, Equatable {
  /// What people call the image: its file, or its place in the data set.
  public let name: String
  /// The number of the image in its data set, which no other image has.
  public let id: Int
  /// The image.
  public let image: Image
  /// The objects in pixels of the image: labels from 1, crowds as ignored regions.
  public let objects: GroundTruth

  /// An example.
  public init(name: String, id: Int, image: Image, objects: GroundTruth) {
    self.name = name
    self.id = id
    self.image = image
    self.objects = objects
  }
}
