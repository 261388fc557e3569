import LossCore
import StrictJSON

/// Reads the values of a JSON file, and collects everything that is wrong with them.
package protocol ValueReader {
  /// What is wrong so far.
  var diagnostics: [Diagnostic] { get set }
}

/// Readers of single values: each reports what is wrong and returns `nil` then.
extension ValueReader {
  /// Reports something about the value `node`, which stands at `path`.
  package mutating func report(
    _ node: JSONNode, _ path: JSONPath, _ message: String, suggestion: String? = nil
  ) {
    diagnostics.append(
      Diagnostic(at: node.location, path: path, message, suggestion: suggestion))
  }

  /// An object with no other keys than `keys`.
  package mutating func object(_ node: JSONNode, _ path: JSONPath, keys: [String]) -> JSONObject? {
    guard case .object(let object) = node.value else {
      report(node, path, "expected an object, found \(node.value.kind)")
      return nil
    }
    checkKeys(of: object, path, keys: keys)
    return object
  }

  /// Reports the keys of an object that are not among `keys`.
  package mutating func checkKeys(of object: JSONObject, _ path: JSONPath, keys: [String]) {
    for member in object.members where !keys.contains(member.key) {
      diagnostics.append(
        Diagnostic(
          at: member.keyLocation, path: path.appending(member.key),
          "unknown key \(Diagnostic.quote(member.key)); expected one of "
            + keys.joined(separator: ", "),
          suggestion: nearestName(to: member.key, in: keys)))
    }
  }

  /// The members of an object with names of the recipe's own choice, at least one.
  package mutating func members(
    of node: JSONNode, _ path: JSONPath, _ what: String
  ) -> [JSONObject.Member] {
    guard case .object(let object) = node.value else {
      report(node, path, "expected an object of \(what)s by name, found \(node.value.kind)")
      return []
    }
    if object.members.isEmpty { report(node, path, "is empty; expected at least one \(what)") }
    return object.members
  }

  /// The value of a key that must be there.
  package mutating func required(
    _ key: String, of object: JSONObject, at node: JSONNode, _ path: JSONPath
  ) -> JSONNode? {
    if let value = object[key] { return value }
    report(node, path, "key \(Diagnostic.quote(key)) is missing")
    return nil
  }

  /// A string.
  package mutating func string(_ node: JSONNode, _ path: JSONPath) -> String? {
    if let string = node.string { return string }
    report(node, path, "expected a string, found \(node.value.kind)")
    return nil
  }

  /// The string of a key that may be left out.
  package mutating func optionalString(
    _ key: String, of object: JSONObject, _ path: JSONPath
  ) -> String? {
    object[key].flatMap { string($0, path.appending(key)) }
  }

  /// One or more strings; one may stand without a list.
  package mutating func strings(_ node: JSONNode, _ path: JSONPath) -> [String]? {
    guard case .array(let elements) = node.value else {
      return string(node, path).map { [$0] }
    }
    if elements.isEmpty { report(node, path, "is empty; expected one or more names") }
    let strings = elements.enumerated().compactMap { index, element in
      string(element, path.appending(index))
    }
    return strings.count == elements.count && !strings.isEmpty ? strings : nil
  }

  /// The case whose raw value stands there.
  package mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ node: JSONNode, _ path: JSONPath
  ) -> Choice? {
    choice(node, path, Choice.allCases.map { ($0.rawValue, $0) })
  }

  /// The value whose name stands there.
  package mutating func choice<Value>(
    _ node: JSONNode, _ path: JSONPath, _ choices: [(name: String, value: Value)]
  ) -> Value? {
    guard let name = string(node, path) else { return nil }
    if let choice = choices.first(where: { $0.name == name }) { return choice.value }
    let names = choices.map(\.name)
    report(
      node, path,
      "\(Diagnostic.quote(name)) is unknown; expected one of \(names.joined(separator: ", "))",
      suggestion: nearestName(to: name, in: names))
    return nil
  }

  /// A number in `range`.
  package mutating func number(_ node: JSONNode, _ path: JSONPath, _ range: NumberRange) -> Double?
  {
    guard let number = node.double else {
      report(node, path, "expected a number, found \(node.value.kind)")
      return nil
    }
    guard range.contains(number) else {
      report(node, path, "is \(ParameterValue.number(number)); expected \(range)")
      return nil
    }
    return number
  }

  package mutating func wholeNumber(
    _ node: JSONNode, _ path: JSONPath, _ range: NumberRange
  ) -> Int? {
    guard let number = number(node, path, range) else { return nil }
    guard let whole = Int(exactly: number) else {
      report(node, path, "is \(number); expected an integer")
      return nil
    }
    return whole
  }
}
