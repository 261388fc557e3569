import StrictJSON

/// Where examples come from, as a command or a sweep names it in one word.
public enum DataSource: Sendable, Equatable {
  /// Drawn scenes.
  case scenes(SceneDataSet.Settings)
  /// Images with annotations at a path.
  case annotations(String)

  /// Reads what the user wrote: `scenes`, `scenes:seed=3,difficulty=0.2`, or else a path.
  ///
  /// The settings of scenes are `seed`, `split` (`training` or `held_out`), `difficulty` (0 to 1), `size`
  /// (`160x120`) and `count`, in any order. A folder called `scenes` is `./scenes`. A path leads to a JSON file
  /// in COCO's format, to `data.yaml` of YOLO (`data.yaml:val` for its split `val`), to a folder in the format
  /// of Pascal VOC or a list of its `ImageSets/Main`, or to a folder that holds one of these.
  ///
  /// - Throws: `Diagnostics` where a setting is unknown or its value malformed.
  public init(parsing text: String) throws(Diagnostics) {
    if text == "scenes" {
      self = .scenes(SceneDataSet.Settings())
    } else if text.hasPrefix(Self.scenesPrefix) {
      self = .scenes(try SceneDataSet.Settings(parsing: text.dropFirst(Self.scenesPrefix.count)))
    } else {
      self = .annotations(text)
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
    case .annotations(let path): try AnnotationFiles(path).open()
    }
  }

  /// What to measure with after learning from this: as many scenes as usual that aren't among these, or what
  /// `data.yaml` or the lists of Pascal VOC say. `nil` if nothing says which.
  public var heldOut: DataSource? {
    switch self {
    case .annotations(let path): return (try? AnnotationFiles(path))?.heldOut.map(Self.annotations)
    case .scenes(var settings):
      if settings.split == .heldOut { return self }
      settings.split = .heldOut
      settings.count = nil
      return .scenes(settings)
    }
  }
}

extension DataSource: CustomStringConvertible {
  /// The word that names this source, with the settings that aren't the default.
  public var description: String {
    switch self {
    case .annotations(let path): path
    case .scenes(let settings):
      settings == SceneDataSet.Settings() ? "scenes" : Self.scenesPrefix + settings.text
    }
  }
}
