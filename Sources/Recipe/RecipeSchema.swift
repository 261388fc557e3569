import LossCore
import Objective
import StrictJSON

/// The JSON Schema of recipes, for editors that complete and check as one types.
public enum RecipeSchema {
  /// The schema (draft 2020-12) of recipes whose components are in `registry`.
  public static func node(for registry: Registry) -> JSONNode {
    [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "LossKit recipe",
      "description": "A detection objective: stages of priors, assigner, sampler, coder and terms.",
      "type": "object",
      "additionalProperties": false,
      "anyOf": [["required": ["stages"]], ["required": ["extends"]]],
      "properties": [
        "$schema": ["type": "string"],
        "name": text("What reports call the objective; the file's name where left out."),
        "description": text("For people."),
        "extends": text("File name of a recipe on which this one is a JSON Merge Patch."),
        "stages": named("stage", "The stages by name, in the order of the report."),
      ],
      "$defs": [
        "stage": stage,
        "term": term,
        "normalizer": normalizer,
        "priors": component(registry.priors),
        "assigner": component(registry.assigners),
        "sampler": component(registry.samplers),
        "coder": component(registry.coders),
        "loss": component(registry.losses),
      ],
    ]
  }

  private static let stage: JSONNode = [
    "type": "object",
    "additionalProperties": false,
    "properties": [
      "description": text("For people."),
      "priors": reference("priors"),
      "assigner": reference("assigner"),
      "sampler": reference("sampler"),
      "coder": reference("coder"),
      "terms": named("term", "The terms by name, in the order of the report."),
    ],
  ]

  private static let term: JSONNode = [
    "type": "object",
    "additionalProperties": false,
    "properties": [
      "description": text("For people."),
      "prediction": [
        "description": "Name of the prediction tensor, or a list of names, one a level.",
        "anyOf": [
          ["type": "string"], ["type": "array", "items": ["type": "string"], "minItems": 1],
        ],
      ],
      "layout": text(
        "How the tensor's axes map to rows: letters n h w a p r c k, as in \"n (c a) h w\"."),
      "target": [
        "description": "What the rows are scored against.",
        "enum": JSONNode(TargetKind.allCases.map { JSONNode($0.rawValue) }),
      ],
      "loss": reference("loss"),
      "normalizer": reference("normalizer"),
      "weight": ["type": "number", "default": 1, "description": "Weight in the objective."],
      "inside_weights": coordinates("Multiplies prediction - target before the loss."),
      "outside_weights": coordinates("Multiplies the loss of each coordinate."),
    ],
  ]

  private static let normalizer: JSONNode = {
    let count: JSONNode = [
      "anyOf": [
        ["enum": JSONNode(Normalizer.Count.named.map { JSONNode($0.name) })],
        ["type": "number", "exclusiveMinimum": 0],
      ]
    ]
    return [
      "description": "What the term's sum is divided by.",
      "anyOf": [
        count,
        [
          "type": "object",
          "additionalProperties": false,
          "required": ["by"],
          "properties": [
            "by": count,
            "per": [
              "enum": JSONNode(Normalizer.Scope.allCases.map { JSONNode($0.rawValue) }),
              "default": "batch",
            ],
            "floor": ["type": "number", "minimum": 0, "default": 0],
          ],
        ],
      ],
    ]
  }()

  private static func component<Part>(_ catalog: Catalog<Part>) -> JSONNode {
    let forms = catalog.entries.map { form($0.declaration) }
    let simple = catalog.entries.map(\.declaration).filter { declaration in
      declaration.parameters.allSatisfy { $0.defaultValue != nil }
    }
    let names: JSONNode = ["enum": JSONNode(simple.map { JSONNode($0.name) })]
    return ["anyOf": JSONNode(forms + [names])]
  }

  /// An object with the component's type and parameters.
  ///
  /// `type` is not required: a recipe that extends another may change one parameter alone.
  private static func form(_ declaration: Declaration) -> JSONNode {
    var properties = JSONObject()
    properties.set("type", to: ["const": JSONNode(declaration.name)])
    for parameter in declaration.parameters {
      properties.set(parameter.name, to: value(of: parameter))
    }
    return [
      "description": JSONNode(declaration.summary),
      "type": "object",
      "additionalProperties": false,
      "properties": JSONNode(properties),
    ]
  }

  private static func value(of parameter: Parameter) -> JSONNode {
    let kind = kind(parameter.kind)
    let isOptional = parameter.defaultValue == .null
    var node = JSONObject()
    node.set("description", to: JSONNode(parameter.meaning))
    if let value = parameter.defaultValue { node.set("default", to: JSONNode(value)) }
    if isOptional {
      node.set("anyOf", to: [kind, ["type": "null"]])
    } else if case .object(let object) = kind.value {
      for member in object.members { node.set(member.key, to: member.node) }
    }
    return JSONNode(node)
  }

  private static func kind(_ kind: Parameter.Kind) -> JSONNode {
    switch kind {
    case .boolean: ["type": "boolean"]
    case .string: ["type": "string"]
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

  private static func list(of element: Parameter.Kind, count: Int?) -> JSONNode {
    var list = JSONObject()
    list.set("type", to: "array")
    list.set("items", to: kind(element))
    list.set("minItems", to: JSONNode(count ?? 1))
    if let count { list.set("maxItems", to: JSONNode(count)) }
    return JSONNode(list)
  }

  private static func bounded(_ type: String, _ range: NumberRange) -> JSONNode {
    var node = JSONObject()
    node.set("type", to: JSONNode(type))
    if let lower = range.lower {
      node.set(range.lowerIsExcluded ? "exclusiveMinimum" : "minimum", to: JSONNode(lower))
    }
    if let upper = range.upper { node.set("maximum", to: JSONNode(upper)) }
    return JSONNode(node)
  }

  private static func text(_ description: String) -> JSONNode {
    ["type": "string", "description": JSONNode(description)]
  }

  private static func named(_ definition: String, _ description: String) -> JSONNode {
    [
      "type": "object",
      "description": JSONNode(description),
      "minProperties": 1,
      "additionalProperties": reference(definition),
    ]
  }

  private static func coordinates(_ description: String) -> JSONNode {
    [
      "type": "array", "items": ["type": "number"], "minItems": 4, "maxItems": 4,
      "description": JSONNode(description),
    ]
  }

  private static func reference(_ definition: String) -> JSONNode {
    ["$ref": "#/$defs/\(definition)"]
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
    }
  }
}
