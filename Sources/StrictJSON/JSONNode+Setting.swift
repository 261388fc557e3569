extension JSONNode {
  /// This value with `node` in the place of whatever is at `path`.
  ///
  /// The last key is created where it doesn't exist yet; the keys before it, and elements of arrays,
  /// must exist. `null` is set like any other value. Another `type` of an object that has one takes the
  /// place of the whole object, whose other members would mean nothing to it.
  ///
  /// - Throws: ``Diagnostics`` at the location of `node` where it would nest deeper than the parser
  ///   allows, or the path leads nowhere: the path up to there, what is there, and the nearest key.
  public func setting(_ node: JSONNode, at path: JSONPath) throws(Diagnostics) -> JSONNode {
    try node.checkDepth(at: path)
    return try setting(node, at: path, depth: 0)
  }

  private func setting(
    _ node: JSONNode, at path: JSONPath, depth: Int
  ) throws(Diagnostics) -> JSONNode {
    guard depth < path.components.count else { return node }
    let key = path.components[depth]
    switch value {
    case .object(let object) where depth == path.components.count - 1:
      return JSONNode(.object(object.setting(key, to: node)), at: location)
    case .object(var object):
      guard let member = object.member(key) else { break }
      let changed = try member.node.setting(node, at: path, depth: depth + 1)
      object.set(key, to: changed, keyLocation: member.keyLocation)
      return JSONNode(.object(object), at: location)
    case .array(var elements):
      guard let position = Int(key), elements.indices.contains(position) else { break }
      elements[position] = try elements[position].setting(node, at: path, depth: depth + 1)
      return JSONNode(.array(elements), at: location)
    default:
      break
    }
    let reached = JSONPath(Array(path.components[...depth]))
    throw Diagnostics(missing(key, at: reached, location: node.location))
  }

  /// What to say where this value has nothing at `key`, the last one of `path`.
  private func missing(
    _ key: String, at path: JSONPath, location setter: SourceLocation
  ) -> Diagnostic {
    switch value {
    case .object(let object):
      Diagnostic(
        at: setter, path: path,
        "unknown key \(Diagnostic.quote(key)) in the object at \(location); "
          + "only the last key of a path may be new",
        suggestion: nearestName(to: key, in: object.members.map(\.key)))
    case .array(let elements):
      Diagnostic(
        at: setter, path: path,
        "no element \(Diagnostic.quote(key)) in the array at \(location), "
          + "which has \(elements.count), counted from 0")
    default:
      Diagnostic(
        at: setter, path: path,
        "the value at \(location) is \(value.kind), which has no keys; "
          + "end the path before this one")
    }
  }
}

extension JSONObject {
  /// The object with `node` at `key`; alone, if that is another type.
  fileprivate func setting(_ key: String, to node: JSONNode) -> JSONObject {
    var typed = JSONObject()
    typed.set(key, to: node, keyLocation: node.location)
    if isOfAnotherType(than: typed) { return typed }
    var object = self
    object.set(key, to: node, keyLocation: node.location)
    return object
  }
}
