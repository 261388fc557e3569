import LossKit

extension JSONNode {
  /// The value at a path such as `terms.0.value`, or nothing.
  subscript(path: String) -> JSONNode? {
    path.split(separator: ".").reduce(self as JSONNode?) { node, key in
      switch node?.value {
      case .object(let object)?: object[String(key)]
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

  /// The elements, if this is an array.
  var elements: [JSONNode] {
    if case .array(let elements) = value { elements } else { [] }
  }
}
