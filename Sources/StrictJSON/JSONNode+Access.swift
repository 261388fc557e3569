/// Values without a word on what is missing, for files that were checked, or are made and read by this
/// package alone. A file of a user's is read with diagnostics instead.
extension JSONNode {
  /// The value at a path of keys and positions, such as `node["terms", "0", "value"]`, or `nil`.
  package subscript(path: String...) -> JSONNode? {
    self[JSONPath(path)]
  }

  /// The value at a path, or `nil`.
  package subscript(path: JSONPath) -> JSONNode? {
    path.components.reduce(self as JSONNode?) { node, key in
      switch node?.value {
      case .object(let object)?: object[key]
      case .array(let elements)?:
        Int(key).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
      default: nil
      }
    }
  }

  /// The number that this is, or `nil`.
  package var double: Double? {
    if case .number(let number) = value { number.double } else { nil }
  }

  /// The string that this is, or `nil`.
  package var string: String? {
    if case .string(let string) = value { string } else { nil }
  }

  /// The members, in order; none where this isn't an object.
  package var members: [JSONObject.Member] {
    if case .object(let object) = value { object.members } else { [] }
  }

  /// The elements; none where this isn't an array.
  package var elements: [JSONNode] {
    if case .array(let elements) = value { elements } else { [] }
  }

  /// The value on one line; `null` where a number in it isn't finite.
  package var compactText: String {
    (try? text(.compact)) ?? "null"
  }
}
