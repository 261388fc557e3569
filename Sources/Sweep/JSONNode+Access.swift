import StrictJSON

extension JSONNode {
  /// The value of a key, or nothing where this isn't an object with it.
  subscript(key: String) -> JSONNode? {
    if case .object(let object) = value { object[key] } else { nil }
  }

  /// The value at a path, or nothing.
  subscript(path: JSONPath) -> JSONNode? {
    path.components.reduce(self as JSONNode?) { node, key in
      switch node?.value {
      case .object(let object)?: object[key]
      case .array(let elements)?:
        Int(key).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
      default: nil
      }
    }
  }

  /// The number that this is.
  var double: Double? {
    if case .number(let number) = value { number.double } else { nil }
  }

  /// The string that this is.
  var string: String? {
    if case .string(let string) = value { string } else { nil }
  }

  /// The members, in order; none where this isn't an object.
  var members: [JSONObject.Member] {
    if case .object(let object) = value { object.members } else { [] }
  }

  /// The elements; none where this isn't an array.
  var elements: [JSONNode] {
    if case .array(let elements) = value { elements } else { [] }
  }

  /// The value on one line.
  var compactText: String {
    (try? text(.compact)) ?? "null"
  }
}

extension JSONObject {
  /// An object of these members, in this order; a member without a value is left out.
  init(_ members: KeyValuePairs<String, JSONNode?>) {
    self.init()
    for (key, node) in members {
      if let node { set(key, to: node) }
    }
  }
}
