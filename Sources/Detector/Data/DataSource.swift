import LossCore
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
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.first == "scenes" else {
      self = .coco(text)
      return
    }
    var settings = SceneDataSet.Settings()
    var count: Int?
    for setting in parts.count > 1 ? parts[1].split(separator: ",") : [] {
      let sides = setting.split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false
      ).map(String.init)
      let value = sides.count > 1 ? sides[1] : ""
      func read<Value>(_ value: Value?, _ expected: String) throws(Diagnostics) -> Value {
        if let value { return value }
        throw Self.error(
          text, "\(sides[0]): expected \(expected), found \(Diagnostic.quote(sides[1]))")
      }
      guard sides.count > 1 else {
        throw Self.error(text, "expected NAME=VALUE, found \(Diagnostic.quote(String(setting)))")
      }
      switch sides[0] {
      case "seed": settings.seed = try read(UInt64(value), "an integer of at least 0")
      case "split":
        settings.split = try read(
          Split(rawValue: value), Split.allCases.map(\.rawValue).joined(separator: " or "))
      case "difficulty": settings.difficulty = try read(Double(value), "a number from 0 to 1")
      case "size": settings.size = try read(ImageSize(parsing: value), "WIDTHxHEIGHT")
      case "count": count = try read(Int(value), "an integer")
      default:
        let names = ["seed", "split", "difficulty", "size", "count"]
        throw Self.error(
          text,
          "unknown setting \(Diagnostic.quote(sides[0])); expected one of "
            + names.joined(separator: ", "),
          suggestion: nearestName(to: sides[0], in: names))
      }
    }
    self = .scenes(
      SceneDataSet.Settings(
        seed: settings.seed, split: settings.split, difficulty: settings.difficulty,
        size: settings.size, count: count))
  }

  private static func error(
    _ text: String, _ message: String, suggestion: String? = nil
  ) -> Diagnostics {
    Diagnostics(
      Diagnostic(at: SourceLocation(file: text), message, suggestion: suggestion))
  }

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

  /// What to measure with after learning from this: scenes that aren't among these. Nothing for
  /// annotations, which have their own file for that.
  public var heldOut: DataSource? {
    guard case .scenes(let settings) = self else { return nil }
    return .scenes(
      SceneDataSet.Settings(
        seed: settings.seed, split: .heldOut, difficulty: settings.difficulty, size: settings.size))
  }
}

extension DataSource: CustomStringConvertible {
  /// The word that names this source, with the settings that aren't the default.
  public var description: String {
    switch self {
    case .coco(let path): path
    case .scenes(let settings): Self.description(of: settings)
    }
  }

  private static func description(of settings: SceneDataSet.Settings) -> String {
    let usual = SceneDataSet.Settings(split: settings.split)
    let texts = [
      settings.seed == usual.seed ? nil : "seed=\(settings.seed)",
      settings.split == .training ? nil : "split=\(settings.split.rawValue)",
      settings.difficulty == usual.difficulty ? nil : "difficulty=\(settings.difficulty)",
      settings.size == usual.size
        ? nil : "size=\(settings.size.width)x\(settings.size.height)",
      settings.count == usual.count ? nil : "count=\(settings.count)",
    ].compactMap { $0 }
    return texts.isEmpty ? "scenes" : "scenes:\(texts.joined(separator: ","))"
  }
}

extension ImageSize {
  /// Reads `160x120`: width, then height.
  fileprivate init?(parsing text: String) {
    let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 2, let width = sides[0], let height = sides[1] else { return nil }
    self.init(height: height, width: width)
  }
}
