import ResourceLimits

extension JSONNode {
  /// Throws where this value, put at `path`, would nest deeper than the parser allows.
  func checkDepth(at path: JSONPath) throws(Diagnostics) {
    if nests(deeperThan: Limits.jsonDepth - path.components.count) {
      throw Diagnostics(Diagnostic(at: location, JSONParser.tooDeep))
    }
  }

  /// Whether more arrays and objects than `levels` lie in each other here. Looks no deeper than that.
  private func nests(deeperThan levels: Int) -> Bool {
    switch value {
    case .array(let elements):
      levels <= 0 || elements.contains { $0.nests(deeperThan: levels - 1) }
    case .object(let object):
      levels <= 0 || object.members.contains { $0.node.nests(deeperThan: levels - 1) }
    default:
      levels < 0
    }
  }
}
