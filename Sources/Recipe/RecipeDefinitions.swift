import LossCore
import Objective
import ResourceLimits
import StrictJSON

/// The definitions of one of the two kinds of recipe in the JSON Schema.
struct RecipeDefinitions {
  let registry: Registry
  /// Whether the recipe is a JSON Merge Patch on another, in which `null` removes a key.
  let isPatch: Bool

  /// All definitions by name.
  var all: [(name: String, definition: JSONNode)] {
    [
      ("recipe", recipe),
      ("stage", stage),
      ("match_cost", matchCost),
      ("term", term),
      ("normalizer", normalizer),
      ("loss_definition", lossDefinition),
    ].map { (name($0), $1) }
      + ComponentKind.allCases.map { kind in
        (name(kind.rawValue), component(kind.declarations(in: registry), addingOwn: kind == .loss))
      }
  }

  /// A reference to a definition of the same kind of recipe.
  func reference(_ definition: String) -> JSONNode {
    ["$ref": "#/$defs/\(name(definition))"]
  }

  /// What `property` allows, and in a patch `null`.
  func removable(_ property: JSONNode) -> JSONNode {
    isPatch ? ["anyOf": [property, ["type": "null"]]] : property
  }

  private func name(_ definition: String) -> String {
    isPatch ? "\(definition)_patch" : definition
  }
}

extension RecipeDefinitions {
  /// Lists `extends` in both kinds, so that editors propose it where it isn't there yet.
  private var recipe: JSONNode {
    [
      "type": "object",
      "additionalProperties": false,
      "required": [isPatch ? "extends" : "stages"],
      "properties": [
        "$schema": removable(["type": "string"]),
        "name": removable(
          text("What reports call the objective; the file's name where left out.")),
        "description": removable(text("For people.")),
        "extends": text(
          "File name of a recipe, or name of a shipped one, on which this one is a JSON Merge Patch."
        ),
        "plugins": removable([
          "description": "Shared libraries with losses, relative to this file's folder.",
          "anyOf": names,
        ]),
        "losses": named("loss_definition", "Losses of the recipe's own, by name."),
        "stages": named("stage", "The stages by name, in the order of the report."),
      ],
    ]
  }

  /// What the loss `formula` has, and what a loss with a name has besides.
  private var lossDefinition: JSONNode {
    let number: JSONNode = ["type": "number"]
    let parameter: JSONNode = [
      "anyOf": [
        number,
        [
          "type": "object", "additionalProperties": false, "required": ["default"],
          "properties": [
            "default": number, "type": ["enum": ["number", "integer"]], "at_least": number,
            "above": number, "at_most": number, "help": ["type": "string"],
          ],
        ],
      ]
    ]
    var properties = JSONObject()
    properties.set("summary", to: removable(text("What it is, in a line.")))
    properties.set("source", to: removable(text("The paper, or whoever it comes from.")))
    properties.set(
      "parameters",
      to: removable([
        "type": "object", "description": "Constants that terms may set, each with its default.",
        "additionalProperties": removable(parameter),
      ]))
    for parameter in registry.losses["formula"]?.declaration.parameters ?? [] {
      properties.set(parameter.name, to: value(of: parameter))
    }
    return [
      "type": "object", "additionalProperties": false, "properties": JSONNode(properties),
    ]
  }

  private var stage: JSONNode {
    object([
      "description": text("For people."),
      "repeat": [
        "type": "integer", "minimum": 1, "maximum": JSONNode(Limits.stageRepeats),
        "description":
          "Makes as many stages, with {index} and {previous} in their texts replaced.",
      ],
      "each": [
        "type": "array", "items": ["$ref": "#/$defs/stage_patch"], "minItems": 1,
        "description": "What differs in each of the stages that repeat makes: a patch a stage.",
      ],
      "priors": reference("priors"),
      "assigner": reference("assigner"),
      "match_costs": named("match_cost", "What an assigner that reads costs makes small, by name."),
      "sampler": reference("sampler"),
      "coder": reference("coder"),
      "terms": named("term", "The terms by name, in the order of the report."),
    ])
  }

  private var matchCost: JSONNode {
    object([
      "cost": reference("cost"),
      "weight": ["type": "number", "default": 1, "description": "Multiplies the cost."],
    ])
  }

  private var term: JSONNode {
    object([
      "description": text("For people."),
      "prediction": [
        "description": "Name of the prediction tensor, or a list of names, one a level.",
        "anyOf": names,
      ],
      "layout": text(
        "How the tensor's axes map to rows: letters n h w a p r c k, as in \"n (c a) h w\"."),
      "target": reference("target"),
      "loss": reference("loss"),
      "background": [
        "enum": JSONNode(BackgroundColumn.allCases.map { JSONNode($0.rawValue) }),
        "description":
          "Where the background stands among columns or class slots; left out, as the loss has it, or first.",
      ],
      "normalizer": reference("normalizer"),
      "weight": ["type": "number", "default": 1, "description": "Weight in the objective."],
      "inside_weights": coordinates("Multiplies prediction - target before the loss."),
      "outside_weights": coordinates("Multiplies the loss of each coordinate."),
      "row_weight": reference("row_weight"),
    ])
  }

  private var normalizer: JSONNode {
    let names =
      Normalizer.Count.named.map(\.name)
      + registry.rowWeights.entries.map(\.declaration).filter(\.needsNoParameters).map(\.name)
    let count: JSONNode = [
      "anyOf": [
        ["enum": JSONNode(names.map { JSONNode($0) })],
        ["type": "number", "exclusiveMinimum": 0],
      ]
    ]
    return [
      "description": "What the term's sum is divided by.",
      "anyOf": [
        count,
        object(
          [
            "by": ["anyOf": [count, reference("row_weight")]],
            "per": [
              "enum": JSONNode(Normalizer.Scope.allCases.map { JSONNode($0.rawValue) }),
              "default": "batch",
            ],
            "floor": ["type": "number", "minimum": 0, "default": 0],
            "image_floor": ["type": "number", "minimum": 0, "default": 0],
            "running_mean": object(
              [
                "initial": ["type": "number", "exclusiveMinimum": 0],
                "momentum": ["type": "number", "minimum": 0, "maximum": 1, "default": 0.9],
              ], required: ["initial"]),
          ], required: ["by"]),
      ],
    ]
  }

  /// An object with no other keys than those of `properties`.
  private func object(
    _ properties: KeyValuePairs<String, JSONNode>, required: [JSONNode] = []
  ) -> JSONNode {
    var nodes = JSONObject()
    for (key, property) in properties { nodes.set(key, to: removable(property)) }
    var object = JSONObject()
    object.set("type", to: "object")
    object.set("additionalProperties", to: false)
    if !required.isEmpty, !isPatch { object.set("required", to: JSONNode(required)) }
    object.set("properties", to: JSONNode(nodes))
    return JSONNode(object)
  }

  /// An object whose keys are names of the recipe's own choice.
  private func named(_ definition: String, _ description: String) -> JSONNode {
    [
      "type": "object",
      "description": JSONNode(description),
      "minProperties": 1,
      "additionalProperties": removable(reference(definition)),
    ]
  }

  /// One name, or a list of them.
  private var names: JSONNode {
    [["type": "string"], ["type": "array", "items": ["type": "string"], "minItems": 1]]
  }

  private func text(_ description: String) -> JSONNode {
    ["type": "string", "description": JSONNode(description)]
  }

  private func coordinates(_ description: String) -> JSONNode {
    [
      "type": "array", "items": ["type": "number"], "minItems": 4, "maxItems": 4,
      "description": JSONNode(description),
    ]
  }
}
