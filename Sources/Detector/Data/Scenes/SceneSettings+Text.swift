import LossCore
import StrictJSON

/// Settings as text: `seed=3,difficulty=0.2,size=160x120`.
extension SceneDataSet.Settings {
  private static let names = ["seed", "split", "difficulty", "size", "count"]

  /// The settings that differ from the default.
  var text: String {
    let usual = Self()
    let values = [
      seed == usual.seed ? nil : "\(seed)",
      split == usual.split ? nil : split.rawValue,
      difficulty == usual.difficulty ? nil : "\(difficulty)",
      size == usual.size ? nil : "\(size.width)x\(size.height)",
      count.map { "\($0)" },
    ]
    return zip(Self.names, values).compactMap { name, value in value.map { "\(name)=\($0)" } }
      .joined(separator: ",")
  }

  /// Reads settings; the default where one isn't given.
  init(parsing text: Substring) throws(Diagnostics) {
    self.init()
    var names: Set<String> = []
    for setting in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let sign = setting.firstIndex(of: "=") else {
        throw Self.error("expected NAME=VALUE, found \(Diagnostic.quote(String(setting)))")
      }
      let name = String(setting[..<sign])
      try set(name, to: String(setting[sign...].dropFirst()))
      guard names.insert(name).inserted else {
        throw Self.error("\(name) is given twice; give it once")
      }
    }
  }

  private mutating func set(_ name: String, to value: String) throws(Diagnostics) {
    func checked<Value>(_ read: Value?, _ expected: String) throws(Diagnostics) -> Value {
      if let read { return read }
      throw Self.error("\(name): expected \(expected), found \(Diagnostic.quote(value))")
    }
    switch name {
    case "seed": seed = try checked(UInt64(value), "an integer of at least 0")
    case "split":
      split = try checked(
        Split(rawValue: value), Split.allCases.map(\.rawValue).joined(separator: " or "))
    case "difficulty": difficulty = try checked(Double(value), "a number from 0 to 1")
    case "size": size = try checked(ImageSize(parsing: value), "WIDTHxHEIGHT")
    case "count": count = try checked(Int(value), "an integer")
    default:
      throw Self.error(
        "unknown setting \(Diagnostic.quote(name)); expected one of "
          + Self.names.joined(separator: ", "),
        suggestion: nearestName(to: name, in: Self.names))
    }
  }

  private static func error(_ message: String, suggestion: String? = nil) -> Diagnostics {
    Diagnostics(
      Diagnostic(at: SourceLocation(file: "scenes"), message, suggestion: suggestion))
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
