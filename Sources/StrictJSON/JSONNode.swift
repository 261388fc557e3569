/// A JSON value and where it stands.
///
/// Read one with ``init(parsing:file:)``, or build one from literals:
///
///     let node: JSONNode = ["type": "smooth_l1", "beta": 0.1, "scales": [8, 16, 32]]
///
/// Equality ignores locations.
public struct JSONNode: Sendable {
  /// The value.
  public let value: JSONValue

  /// Where the value's first character stands.
  public let location: SourceLocation

  /// A node that holds `value`.
  public init(_ value: JSONValue, at location: SourceLocation = .program) {
    self.value = value
    self.location = location
  }
}

extension JSONNode: Equatable {
  /// Whether the values are equal, wherever they stand.
  public static func == (left: Self, right: Self) -> Bool {
    left.value == right.value
  }
}
