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

extension JSONNode {
  /// Reads a JSON text, strictly by RFC 8259, each value and key with its place.
  ///
  /// Stricter than the RFC demands in what it leaves open: duplicate keys, a byte order mark, numbers
  /// beyond the range of Double and nesting deeper than 128 levels are errors. A number too small for
  /// Double rounds to zero. The time is linear in the number of bytes.
  ///
  /// - Parameters:
  ///   - bytes: the whole text, in UTF-8.
  ///   - file: the name that locations show.
  /// - Throws: ``Diagnostics`` with the first error of syntax.
  public init(parsing bytes: [UInt8], file: String) throws(Diagnostics) {
    var parser = JSONParser(bytes, file: file)
    self = try parser.document()
  }
}
