import LossCore
import StrictJSON

extension RecipeReader {
  /// The component under `key`: an object with its `type` and parameters, or its name alone.
  mutating func component<Part>(
    _ key: String, of object: JSONObject, at parent: JSONNode, _ path: JSONPath,
    _ catalog: Catalog<Part>
  ) -> Part? {
    guard let node = required(key, of: object, at: parent, path) else { return nil }
    let path = path.appending(key)
    let members: JSONObject
    let typeNode: JSONNode
    var typePath = path
    switch node.value {
    case .string:
      members = JSONObject()
      typeNode = node
    case .object(let object):
      guard let type = required("type", of: object, at: node, path) else { return nil }
      members = object
      typeNode = type
      typePath = path.appending("type")
    default:
      report(
        node, path,
        "expected the name of a \(catalog.kind), or an object with \"type\", "
          + "found \(node.value.kind)")
      return nil
    }
    guard let name = string(typeNode, typePath) else { return nil }
    guard let entry = catalog[name] else {
      report(
        typeNode, typePath,
        "no \(catalog.kind) is called \(Diagnostic.quote(name)); "
          + "there is \(catalog.names.joined(separator: ", "))",
        suggestion: nearestName(to: name, in: catalog.names))
      return nil
    }
    return made(entry.declaration, from: members, at: node, path, besides: ["type"], entry.make)
  }

  /// What `make` makes of the values that an object has for declared parameters.
  ///
  /// - Parameter others: Keys of the object that aren't parameters.
  package mutating func made<Part>(
    _ declaration: Declaration, from members: JSONObject, at node: JSONNode, _ path: JSONPath,
    besides others: [String] = [],
    _ make: ([String: ParameterValue]) throws(ParameterErrors) -> Part
  ) -> Part? {
    let names = declaration.parameters.map(\.name)
    checkKeys(of: members, path, keys: others + names)
    var values: [String: ParameterValue] = [:]
    for member in members.members where names.contains(member.key) {
      guard let value = ParameterValue(member.node) else {
        report(
          member.node, path.appending(member.key),
          "expected a value, a list of values or an object of these, found \(member.node.value.kind)"
        )
        continue
      }
      values[member.key] = value
    }
    do throws(ParameterErrors) {
      return try make(values)
    } catch {
      for error in error.errors {
        var place = members[error.parameter] ?? node
        var placePath = path.appending(error.parameter)
        if let member = error.member {
          place = place[member] ?? place
          placePath = placePath.appending(member)
        }
        report(place, placePath, error)
      }
      return nil
    }
  }

  /// Reports what is wrong with a parameter, or in the text that it has, which stands at `node`.
  mutating func report(_ node: JSONNode, _ path: JSONPath, _ error: ParameterError) {
    let found = error.excerpt?.part ?? node.string
    diagnostics.append(
      Diagnostic(
        at: error.excerpt.map { node.location(in: $0) } ?? node.location, path: path,
        error.problem, suggestion: found.flatMap { nearestName(to: $0, in: error.choices) },
        excerpt: error.excerpt?.lines ?? []))
  }
}

extension ParameterValue {
  /// The value of a JSON node; `nil` for objects of objects, and lists of these.
  public init?(_ node: JSONNode) {
    switch node.value {
    case .null: self = .null
    case .bool(let value): self = .boolean(value)
    case .number(.integer(let value)): self = .integer(Int(value))
    case .number(.real(let value)): self = .number(value)
    case .string(let value): self = .string(value)
    case .array(let elements):
      let values = elements.compactMap { ParameterValue($0) }
      guard values.count == elements.count else { return nil }
      self = .list(values)
    case .object(let object):
      let members = object.members.compactMap { member in
        ParameterValue(member.node).map { Named(member.key, $0) }
      }
      let isFlat = members.allSatisfy { if case .object = $0.value { false } else { true } }
      guard members.count == object.members.count, isFlat else { return nil }
      self = .object(members)
    }
  }
}

extension JSONNode {
  /// Where a part of the text that stands here begins: behind the quote, unless an escape may come between.
  fileprivate func location(in excerpt: TextExcerpt) -> SourceLocation {
    let isPlain = excerpt.text.unicodeScalars.allSatisfy {
      $0.isASCII && $0.value >= 0x20 && $0 != "\"" && $0 != "\\"
    }
    guard isPlain, string == excerpt.text, location.line > 0 else { return location }
    return SourceLocation(
      file: location.file, line: location.line,
      column: location.column + 1 + excerpt.range.lowerBound)
  }
}
