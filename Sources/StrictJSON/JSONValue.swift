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
