import StrictJSON

/// Where examples come from, as a command or a sweep names it in one word.
public enum DataSource: Sendable, Equatable {
  /// Drawn scenes.
  case scenes(SceneDataSet.Settings)
  /// COCO annotations at a path.
  case coco(String)

  /// Reads what the user wrote: `scenes`, `scenes:seed=3,difficulty=0.2`, or else a path.
  ///
  /// The settings of scenes are `seed`, `split` (`training` or `held_out`), `difficulty` (0 to 1), `size`
  /// (`160x120`) and `count`, in any order. A folder called `scenes` is `./scenes`.
  ///
  /// - Throws: `Diagnostics` where a setting is unknown or its value malformed.
  public init(parsing text: String) throws(Diagnostics) {
    if text == "scenes" {
      self = .scenes(SceneDataSet.Settings())
    } else if text.hasPrefix(Self.scenesPrefix) {
      self = .scenes(try SceneDataSet.Settings(parsing: text.dropFirst(Self.scenesPrefix.count)))
    } else {
      self = .coco(text)
    }
  }

  private static let scenesPrefix = "scenes:"

  /// Opens the data set.
  ///
  /// - Throws: `Diagnostics` with all that is wrong with annotations, or ``DataError`` where the settings
  ///   of scenes are out of range.
  public func open() throws -> any DataSet {
    switch self {
    case .scenes(let settings): try SceneDataSet(settings)
    case .coco(let path): try COCODataSet(path)
    }
  }

  /// What to measure with after learning from this: as many scenes as usual that aren't among these.
  /// `nil` for annotations, which have another file for that.
  public var heldOut: DataSource? {
    guard case .scenes(var settings) = self else { return nil }
    settings.split = .heldOut
    settings.count = nil
    return .scenes(settings)
  }
}

extension DataSource: CustomStringConvertible {
  /// The word that names this source, with the settings that aren't the default.
  public var description: String {
    switch self {
    case .coco(let path): path
    case .scenes(let settings):
      settings == SceneDataSet.Settings() ? "scenes" : Self.scenesPrefix + settings.text
    }
  }
}
