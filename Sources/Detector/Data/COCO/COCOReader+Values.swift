import LossCore
import StrictJSON

/// Readers of single values: each reports what is wrong and returns `nil` then.
extension COCOReader {
  mutating func object(_ node: JSONNode, _ path: JSONPath) -> JSONObject? {
    if case .object(let object) = node.value { return object }
    report(node, path, "expected an object, found \(node.value.kind)")
    return nil
  }

  mutating func array(_ key: String, of object: JSONObject, at node: JSONNode) -> [JSONNode]? {
    guard let value = required(key, of: object, at: node, []) else { return nil }
    guard case .array(let elements) = value.value else {
      report(value, [key], "expected an array, found \(value.value.kind)")
      return nil
    }
    if elements.isEmpty { report(value, [key], "is empty; expected one element or more") }
    return elements
  }

  mutating func string(
    _ key: String, of object: JSONObject, at node: JSONNode, _ path: JSONPath
  ) -> String? {
    guard let value = required(key, of: object, at: node, path) else { return nil }
    guard let string = value.string else {
      report(value, path.appending(key), "expected a string, found \(value.value.kind)")
      return nil
    }
    guard !string.isEmpty else {
      report(value, path.appending(key), "is empty; expected a name")
      return nil
    }
    return string
  }

  mutating func integer(
    _ key: String, of object: JSONObject, at node: JSONNode, _ path: JSONPath,
    in range: ClosedRange<Int> = .min ... .max
  ) -> Int? {
    guard let value = required(key, of: object, at: node, path) else { return nil }
    guard case .number(.integer(let wide)) = value.value, let integer = Int(exactly: wide) else {
      report(value, path.appending(key), "expected an integer, found \(value.value.kind)")
      return nil
    }
    guard range.contains(integer) else {
      report(
        value, path.appending(key),
        "is \(integer); expected \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return integer
  }

  /// The `id` of an object, which no other of its kind has.
  mutating func uniqueID(
    of object: JSONObject, at node: JSONNode, _ path: JSONPath, among ids: inout Set<Int>
  ) -> Int? {
    guard let id = integer("id", of: object, at: node, path) else { return nil }
    guard ids.insert(id).inserted else {
      report(
        object["id"] ?? node, path.appending("id"),
        "\(id) is the id of another before; expected each once")
      return nil
    }
    return id
  }

  /// What the id under `key` stands for.
  mutating func reference(
    _ key: String, of object: JSONObject, at node: JSONNode, _ path: JSONPath,
    to known: IDTable, _ what: String
  ) -> Int? {
    guard let id = integer(key, of: object, at: node, path) else { return nil }
    if let found = known.values[id] { return found }
    if known.isComplete {
      // Sorted only where they are told: there may be as many problems as ids.
      let ids = known.values.count <= 12 ? known.values.keys.sorted().map(String.init) : []
      report(
        object[key] ?? node, path.appending(key),
        "no \(what) has the id \(id)"
          + (ids.isEmpty ? "" : "; expected one of \(ids.joined(separator: ", "))"))
    }
    return nil
  }

  mutating func number(_ node: JSONNode, _ path: JSONPath) -> Double? {
    guard let number = node.double, number >= 0 else {
      report(node, path, "expected a number of at least 0, found \(shown(node))")
      return nil
    }
    return number
  }

  mutating func rectangle(
    of object: JSONObject, at node: JSONNode, _ path: JSONPath
  ) -> AnnotatedRectangle? {
    guard let value = required("bbox", of: object, at: node, path) else { return nil }
    let path = path.appending("bbox")
    guard case .array(let elements) = value.value, elements.count == 4 else {
      report(value, path, "expected [x, y, width, height], found \(shown(value))")
      return nil
    }
    let numbers = elements.compactMap(\.double)
    guard numbers.count == 4 else {
      report(value, path, "expected four numbers x, y, width and height, found \(shown(value))")
      return nil
    }
    let rectangle = AnnotatedRectangle(
      x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    guard rectangle.hasSize else {
      report(value, path, "\(rectangle) has no size; expected a width and a height above 0")
      return nil
    }
    return rectangle
  }

  private mutating func required(
    _ key: String, of object: JSONObject, at node: JSONNode, _ path: JSONPath
  ) -> JSONNode? {
    if let value = object[key] { return value }
    report(
      node, path, "key \(Diagnostic.quote(key)) is missing",
      suggestion: nearestName(to: key, in: object.members.map(\.key)))
    return nil
  }

  /// A value in as few words as fit a message.
  private func shown(_ node: JSONNode) -> String {
    switch node.value {
    case .number(let number): "\(number.double)"
    case .array(let elements): "an array of \(elements.count)"
    default: node.value.kind
    }
  }
}
