import LossCore
import LossKernels
import ResourceLimits

/// Scenes of coloured shapes, drawn when asked for: data that needs no download.
///
/// Discs are common and stars are rare; shapes differ in size, colour, turn and proportions, cover each
/// other, reach over the border, and lie on textured ground with clutter and noise. A scene is a
/// function of the settings and its index: the same pixels on every machine. The splits of one seed have
/// no scene in common.
///
/// A box is the extent of the pixels of a shape that can be seen, in whole pixels. Of a shape of which
/// less than ``visibleShare`` is seen, or less than ``smallestSide`` pixels along a side, the extent is
/// an ignored region; below ``hiddenShare`` the shape is left out.
public struct SceneDataSet: DataSet {
  /// The names of the classes, the most common first.
  public static let classNames = Shape.allCases.map(\.rawValue)
  /// The share of a shape's pixels that must be seen for it to count as an object.
  public static let visibleShare = 0.4
  /// The share of a shape's pixels below which it is left out.
  public static let hiddenShare = 0.1
  /// The extent in pixels that an object has at least in both directions.
  public static let smallestSide = 4

  /// What tells one data set of scenes from another.
  public struct Settings: Sendable, Equatable {
    /// Chooses the scenes.
    public var seed: UInt64
    /// Whether the scenes are to learn from or to measure with.
    public var split: Split
    /// From 0, a few large shapes that don't touch, to 1: many, small, alike in colour, covered, on
    /// restless ground.
    ///
    /// At 0 a class shows in the colour as well; at 1 in the outline alone.
    public var difficulty: Double
    /// The size of the images.
    public var size: ImageSize
    /// The number of scenes; where there is none, 800 to learn from and 200 to measure with.
    public var count: Int?

    /// Settings.
    public init(
      seed: UInt64 = 0, split: Split = .training, difficulty: Double = 0.5,
      size: ImageSize = ImageSize(height: 120, width: 160), count: Int? = nil
    ) {
      self.seed = seed
      self.split = split
      self.difficulty = difficulty
      self.size = size
      self.count = count
    }
  }

  /// The settings.
  public let settings: Settings
  /// The number of scenes.
  public let count: Int

  /// The scenes of these settings.
  ///
  /// - Throws: ``DataError`` where the difficulty isn't within 0 and 1, a side of the images isn't
  ///   within 32 and 4,096 pixels, or the count isn't positive.
  public init(_ settings: Settings = Settings()) throws(DataError) {
    guard (0...1).contains(settings.difficulty) else {
      throw DataError("scenes", "difficulty \(settings.difficulty); expected 0 to 1")
    }
    let sides = 32...Limits.sceneSide
    guard sides.contains(settings.size.width), sides.contains(settings.size.height) else {
      throw DataError(
        "scenes",
        "size \(settings.size.width)x\(settings.size.height); expected sides of 32 to "
          + "\(Limits.sceneSide) pixels")
    }
    count = settings.count ?? (settings.split == .training ? 800 : 200)
    guard (1...Limits.scenes).contains(count) else {
      throw DataError("scenes", "count \(count); expected 1 to \(Limits.scenes)")
    }
    self.settings = settings
  }

  /// The names of the classes, the most common first.
  public var classNames: [String] { Self.classNames }

  /// The settings, of which all scenes are a function.
  public func fingerprint(_ workers: Workers) throws(DataError) -> String {
    var settings = settings
    settings.count = count
    return "\(DataSource.scenes(settings))"
  }

  /// Draws the scene at `index`.
  ///
  /// - Throws: ``DataError`` where `index` isn't in 0 ..< ``count``.
  public func example(_ index: Int) throws(DataError) -> Example {
    guard (0..<count).contains(index) else {
      throw DataError("scene \(index)", "there are \(count) scenes, from 0 to \(count - 1)")
    }
    let scene = Scene(settings, index: index)
    var canvas = SceneCanvas(scene)
    canvas.draw()
    return Example(
      name: "scene \(index)", id: index, image: canvas.image, objects: canvas.objects)
  }
}
