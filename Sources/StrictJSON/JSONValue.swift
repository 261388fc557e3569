/// A JSON value.
///
/// Equality ignores where the values stand, and the order of an object's members.
public enum JSONValue: Sendable, Equatable {
  /// The word `null`.
  case null
  /// The words `true` and `false`.
  case bool(Bool)
  /// A number, integer or real.
  case number(JSONNumber)
  /// A string, its escapes resolved.
  case string(String)
  /// The elements of an array, in order.
  case array([JSONNode])
  /// The members of an object, in the order of the file.
  case object(JSONObject)

  /// What kind of value it is, with its article, as messages name it: `an object`, `a string`.
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number(.integer): "an integer"
    case .number(.real): "a real number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// A JSON number, which remembers whether it was written as an integer.
///
/// `1` and `1.0` are different numbers here, so that a count can refuse to be `1.5` or `1.0` while a
/// weight takes either.
public enum JSONNumber: Sendable, Equatable {
  /// A number without fraction and exponent that fits 64 bits.
  case integer(Int64)
  /// Any other number, rounded to the nearest Double; also `-0`, since an integer has no signed zero.
  case real(Double)

  /// The number as a Double, rounded to the nearest where an integer exceeds 2⁵³ in magnitude.
  public var double: Double {
    switch self {
    case .integer(let integer): Double(integer)
    case .real(let real): real
    }
  }
}
