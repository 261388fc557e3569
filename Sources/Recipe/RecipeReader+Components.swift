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
          "expected a value or a list of values, found \(member.node.value.kind)")
        continue
      }
      values[member.key] = value
    }
    do throws(ParameterErrors) {
      return try make(values)
    } catch {
      for error in error.errors {
        let value = members[error.parameter]
        let suggestion = value?.string.flatMap { nearestName(to: $0, in: error.choices) }
        report(
          value ?? node, path.appending(error.parameter), error.problem, suggestion: suggestion)
      }
      return nil
    }
  }
}

extension ParameterValue {
  /// The value of a JSON node; `nil` for objects.
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
    case .object: return nil
    }
  }
}
