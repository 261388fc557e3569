import LossCore
import StrictJSON

/// The JSON Schema of recipes, for editors that complete and check as one types.
public enum RecipeSchema {
  /// The schema (draft 2020-12) of recipes whose components are in `registry`.
  ///
  /// Everything is defined twice: for recipes that stand by themselves, and for those that extend
  /// another one, where `null` removes a key.
  public static func node(for registry: Registry) -> JSONNode {
    let whole = RecipeDefinitions(registry: registry, isPatch: false)
    let patch = RecipeDefinitions(registry: registry, isPatch: true)
    var definitions = JSONObject()
    for (name, definition) in whole.all + patch.all { definitions.set(name, to: definition) }
    return [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "LossKit recipe",
      "description": "A detection objective: stages of priors, assigner, sampler, coder and terms.",
      "if": ["required": ["extends"]],
      "then": patch.reference("recipe"),
      "else": whole.reference("recipe"),
      "$defs": JSONNode(definitions),
    ]
  }
}

extension JSONNode {
  /// The JSON form of a parameter's value.
  public init(_ value: ParameterValue) {
    switch value {
    case .null: self = .null
    case .boolean(let value): self.init(value)
    case .integer(let value): self.init(value)
    case .number(let value): self.init(value)
    case .string(let value): self.init(value)
    case .list(let values): self.init(values.map { JSONNode($0) })
    case .object(let members):
      var object = JSONObject()
      for member in members { object.set(member.name, to: JSONNode(member.value)) }
      self.init(object)
    }
  }
}
