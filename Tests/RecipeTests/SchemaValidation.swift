import LossKit

/// As much of JSON Schema as the schema of recipes uses.
struct SchemaValidation {
  let definitions: JSONNode

  /// Whether a schema allows `node`; a keyword that isn't known allows nothing.
  func allows(_ node: JSONNode, by schema: JSONNode) -> Bool {
    schema.members.allSatisfy { member in
      let rule = member.node
      return switch member.key {
      case "$schema", "$defs", "title", "description", "default", "then", "else": true
      case "$ref":
        definitions[String((rule.string ?? "").trimmingPrefix("#/$defs/"))]
          .map { allows(node, by: $0) } ?? false
      case "if":
        schema[allows(node, by: rule) ? "then" : "else"].map { allows(node, by: $0) } ?? true
      case "anyOf": rule.elements.contains { allows(node, by: $0) }
      case "not": !allows(node, by: rule)
      case "const": node == rule
      case "enum": rule.elements.contains(node)
      case "type":
        (rule.string.map { [$0] } ?? rule.elements.compactMap(\.string))
          .contains { isOf(type: $0, node) }
      case "required":
        !isOf(type: "object", node)
          || rule.elements.allSatisfy { node[$0.string ?? ""] != nil }
      case "properties":
        rule.members.allSatisfy { property in
          node[property.key].map { allows($0, by: property.node) } ?? true
        }
      case "additionalProperties":
        node.members.allSatisfy { other in
          let isKnown = schema["properties"]?[other.key] != nil
          return isKnown || (rule != false && allows(other.node, by: rule))
        }
      case "items": node.elements.allSatisfy { allows($0, by: rule) }
      case "minItems":
        !isOf(type: "array", node) || node.elements.count >= Int(rule.double ?? 0)
      case "maxItems":
        !isOf(type: "array", node) || node.elements.count <= Int(rule.double ?? 0)
      case "minProperties":
        !isOf(type: "object", node) || node.members.count >= Int(rule.double ?? 0)
      case "minimum": node.double.map { $0 >= rule.double ?? 0 } ?? true
      case "exclusiveMinimum": node.double.map { $0 > rule.double ?? 0 } ?? true
      case "maximum": node.double.map { $0 <= rule.double ?? 0 } ?? true
      default: false
      }
    }
  }

  private func isOf(type: String, _ node: JSONNode) -> Bool {
    switch type {
    case "object":
      if case .object = node.value { true } else { false }
    case "array":
      if case .array = node.value { true } else { false }
    case "string": node.string != nil
    case "number": node.double != nil
    case "integer": node.double.map { $0 == $0.rounded() } ?? false
    case "boolean": node == true || node == false
    default: node == .null
    }
  }
}
