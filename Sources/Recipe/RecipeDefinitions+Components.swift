import LossCore
import StrictJSON

extension RecipeDefinitions {
  /// An object of one of the forms, or the name of a component whose parameters all have a default.
  ///
  /// - Parameter addsOwn: Whether any other name may be one that the recipe itself defines.
  func component(_ declarations: [Declaration], addingOwn addsOwn: Bool) -> JSONNode {
    let forms = declarations.map { form($0) }
    let simple = declarations.filter(\.needsNoParameters)
    let names: JSONNode = ["enum": JSONNode(simple.map { JSONNode($0.name) })]
    return ["anyOf": JSONNode(forms + [names] + (addsOwn ? own(besides: declarations) : []))]
  }

  /// Names that aren't registered, and objects with one. A schema can't say which a recipe defines.
  private func own(besides declarations: [Declaration]) -> [JSONNode] {
    let name: JSONNode = [
      "description": "A loss that the recipe defines under losses.", "type": "string",
      "not": ["enum": JSONNode(declarations.map { JSONNode($0.name) })],
    ]
    return [name, ["type": "object", "required": ["type"], "properties": ["type": name]]]
  }

  /// An object with the component's type and parameters.
  ///
  /// `type` is not required: a recipe that extends another may change one parameter alone. It may remove those of the
  /// component that it replaces.
  private func form(_ declaration: Declaration) -> JSONNode {
    var properties = JSONObject()
    properties.set("type", to: removable(["const": JSONNode(declaration.name)]))
    for parameter in declaration.parameters {
      properties.set(parameter.name, to: value(of: parameter))
    }
    return [
      "description": JSONNode(declaration.summary),
      "type": "object",
      "additionalProperties": isPatch ? ["type": "null"] : false,
      "properties": JSONNode(properties),
    ]
  }

  func value(of parameter: AnyParameter) -> JSONNode {
    let kind = kind(parameter.kind)
    let takesNull = isPatch || parameter.defaultValue == .null
    var node = JSONObject()
    node.set("description", to: JSONNode(parameter.help))
    if let value = parameter.defaultValue { node.set("default", to: JSONNode(value)) }
    if takesNull {
      node.set("anyOf", to: [kind, ["type": "null"]])
    } else {
      for member in kind.members { node.set(member.key, to: member.node) }
    }
    return JSONNode(node)
  }

  private func kind(_ kind: ParameterKind) -> JSONNode {
    switch kind {
    case .boolean: ["type": "boolean"]
    case .string: ["type": "string"]
    case .formula: ["type": ["string", "number"]]
    case .object(let element): ["type": "object", "additionalProperties": self.kind(element)]
    case .choice(let names): ["enum": JSONNode(names.map { JSONNode($0) })]
    case .integer(let range): bounded("integer", range)
    case .number(let range): bounded("number", range)
    case .list(let element, let count):
      [
        "anyOf": JSONNode(
          [list(of: element, count: count)] + ((count ?? 1) == 1 ? [self.kind(element)] : []))
      ]
    }
  }

  private func list(of element: ParameterKind, count: Int?) -> JSONNode {
    var list = JSONObject()
    list.set("type", to: "array")
    list.set("items", to: kind(element))
    list.set("minItems", to: JSONNode(count ?? 1))
    if let count { list.set("maxItems", to: JSONNode(count)) }
    return JSONNode(list)
  }

  private func bounded(_ type: String, _ range: NumberRange) -> JSONNode {
    var node = JSONObject()
    node.set("type", to: JSONNode(type))
    if let lower = range.lower {
      node.set(range.lowerIsExcluded ? "exclusiveMinimum" : "minimum", to: JSONNode(lower))
    }
    if let upper = range.upper { node.set("maximum", to: JSONNode(upper)) }
    return JSONNode(node)
  }
}
