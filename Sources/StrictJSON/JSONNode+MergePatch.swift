extension JSONNode {
  /// This value, changed by a JSON Merge Patch (RFC 7386), but for objects that have a `type`.
  ///
  /// Where both are objects, the members of `patch` replace those with the same key, recursively; a
  /// member that is `null` removes one. Anything else replaces the whole value, and so does an object of
  /// another `type`, whose members would mean nothing to it. Members keep their places, new ones come
  /// last. Values keep the locations of the text they come from.
  public func merging(patch: JSONNode) -> JSONNode {
    guard case .object(let changes) = patch.value else { return patch }
    guard case .object(let base) = value, !base.isOfAnotherType(than: changes) else {
      return JSONNode(.object(JSONObject().merging(changes)), at: patch.location)
    }
    return JSONNode(.object(base.merging(changes)), at: location)
  }

  /// This value, changed by the patch that has `node` at `path` and nothing else.
  ///
  /// - Throws: ``Diagnostics`` at the location of `node` where it would nest deeper than the parser
  ///   allows.
  public func merging(_ node: JSONNode, at path: JSONPath) throws(Diagnostics) -> JSONNode {
    try node.checkDepth(at: path)
    let patch = path.components.reversed().reduce(node) { node, key in
      var object = JSONObject()
      object.set(key, to: node)
      return JSONNode(object)
    }
    return merging(patch: patch)
  }
}

extension JSONObject {
  /// Whether both say their type, and it isn't the same.
  func isOfAnotherType(than other: JSONObject) -> Bool {
    guard let type = self["type"]?.string, let otherType = other["type"]?.string else {
      return false
    }
    return type != otherType
  }

  fileprivate func merging(_ changes: JSONObject) -> JSONObject {
    var merged = JSONObject()
    for member in members {
      guard let change = changes.member(member.key) else {
        merged.append(member)
        continue
      }
      if change.node.value != .null { merged.append(member.merging(change)) }
    }
    for change in changes.members where member(change.key) == nil && change.node.value != .null {
      let node = JSONNode.null.merging(patch: change.node)
      merged.append(Member(key: change.key, keyLocation: change.keyLocation, node: node))
    }
    return merged
  }
}

extension JSONObject.Member {
  /// A member that is merged into keeps its place in the text, one that is replaced takes the patch's.
  fileprivate func merging(_ change: Self) -> Self {
    let node = node.merging(patch: change.node)
    if case (.object, .object) = (self.node.value, change.node.value) {
      return Self(key: key, keyLocation: keyLocation, node: node)
    }
    return Self(key: key, keyLocation: change.keyLocation, node: node)
  }
}
