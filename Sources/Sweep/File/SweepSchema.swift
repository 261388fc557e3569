import ResourceLimits
import StrictJSON

/// The JSON Schema of sweep files, for editors that complete and check as one types.
public enum SweepSchema {
  /// The schema (draft 2020-12). What recipes and paths there are, it leaves to `losskit sweep`.
  public static let node: JSONNode = [
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "LossKit sweep",
    "description": "Recipes or values to train with, seeds, and the metric to compare by.",
    "type": "object",
    "additionalProperties": false,
    "required": ["method", "metric"],
    "properties": properties,
    "allOf": [
      rule("grid", required: ["parameters"]),
      rule("random", required: ["parameters", "run_cap"]),
      rule("list", required: ["list"]),
    ],
    "$defs": ["path": path, "parameter": parameter],
  ]

  private static let properties: JSONNode = [
    "$schema": ["type": "string"],
    "name": text("What reports call the sweep; the file's name where left out."),
    "description": text("For people; shown in the report."),
    "recipe": text("File of the base recipe, relative to this file."),
    "model": text("File of the settings of model and training, relative to this file."),
    "data": [
      "type": "string", "default": JSONNode(SweepDeclaration.defaultData),
      "description":
        "Images to train with: a path, relative to this file, or a name the trainer knows.",
    ],
    "validation": text("Images to evaluate with."),
    "split": [
      "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1,
      "description": "The share of the data to train with; the rest is to evaluate with.",
    ],
    "method": [
      "enum": ["grid", "random", "list"],
      "description": """
      grid: all values with all others; random: as many combinations as run_cap; list: the \
      combinations in "list".
      """,
    ],
    "parameters": [
      "type": "object", "minProperties": 1,
      "description": """
      What is set, by path: recipe (a file), or a path that begins with stages (in the recipe), \
      model or training.
      """,
      "propertyNames": ["$ref": "#/$defs/path"],
      "additionalProperties": ["$ref": "#/$defs/parameter"],
    ],
    "list": [
      "type": "array", "minItems": 1,
      "description": "For the method list: objects that hold values by path.",
      "items": [
        "type": "object", "minProperties": 1, "propertyNames": ["$ref": "#/$defs/path"],
      ],
    ],
    "run_cap": [
      "type": "integer", "minimum": 1,
      "description": "For the method random: how many combinations; each is trained once a seed.",
    ],
    "random_seed": [
      "type": "integer", "minimum": 0, "default": 0,
      "description": "For the method random: from what the combinations are drawn.",
    ],
    "seeds": [
      "default": JSONNode(SweepDeclaration.defaultSeeds.map { JSONNode($0) }),
      "description": """
      Each variant is trained once with each; or with as many, from 1 on, as it takes to tell the best \
      from the others.
      """,
      "oneOf": [
        [
          "type": "array", "items": ["type": "integer", "minimum": 0], "minItems": 1,
          "uniqueItems": true,
        ],
        [
          "type": "object", "additionalProperties": false,
          "required": ["at_least", "at_most", "until"],
          "properties": [
            "at_least": ["type": "integer", "minimum": 2],
            "at_most": ["type": "integer", "minimum": 2],
            "until": ["const": "distinguished"],
          ],
        ],
      ],
    ],
    "metric": [
      "type": "object", "additionalProperties": false, "required": ["name", "goal"],
      "properties": [
        "name": text("Its key in the lines of metrics.jsonl, such as AP50."),
        "goal": ["enum": ["maximize", "minimize"]],
      ],
    ],
    "early_terminate": [
      "type": "object", "additionalProperties": false, "required": ["type"],
      "description": """
      Stops a running trial at a bracket, a number of reports of the metric, where it isn't among the best \
      1/eta of those there.
      """,
      "oneOf": [["required": ["min_iter"]], ["required": ["max_iter", "s"]]],
      "properties": [
        "type": ["const": "hyperband"],
        "min_iter": [
          "type": "integer", "minimum": 1,
          "description": "The first bracket; the next are eta times as many, and so on.",
        ],
        "max_iter": [
          "type": "integer", "minimum": 1,
          "description":
            "The most reports; brackets are at an eta-th of them, and so on, s in number.",
        ],
        "s": ["type": "integer", "minimum": 1],
        "eta": ["type": "number", "minimum": 1.25, "maximum": 1000, "default": 3],
        "strict": ["const": false],
      ],
    ],
    "command": [
      "type": "array", "items": ["type": "string"], "minItems": 1,
      "default": JSONNode(TrainerCommand.standard(hasValidation: false).map { JSONNode($0) }),
      "description": JSONNode(
        "The trainer. Placeholders: "
          + TrainerCommand.Placeholder.allCases.map { "{\($0.rawValue)}" }.joined(separator: " ")),
    ],
    "time_limit": [
      "type": "number", "exclusiveMinimum": 0,
      "description": "Seconds after which a trial is ended; no limit where left out.",
    ],
    "grace_time": [
      "type": "number", "minimum": 0, "maximum": 3600,
      "default": JSONNode(SweepDeclaration.defaultGraceTime),
      "description": "Seconds that a trainer has for a checkpoint after SIGTERM.",
    ],
    "tensorboard": [
      "type": "boolean", "default": false,
      "description": "Whether trials write event files for TensorBoard into their folders.",
    ],
    "concurrency": [
      "type": "integer", "minimum": 1, "maximum": JSONNode(Limits.trialsAtOnce),
      "description": "Trials at once, which share the processors; one a processor where left out.",
    ],
  ]

  private static let path: JSONNode = ["pattern": "^(recipe$|(stages|model|training)\\.)"]

  private static let parameter: JSONNode = [
    "type": "object",
    "oneOf": [
      closed(["value": ["description": "The same in all trials."]], required: ["value"]),
      closed(
        [
          "values": ["type": "array", "minItems": 1, "uniqueItems": true],
          "probabilities": [
            "type": "array", "items": ["type": "number", "minimum": 0, "maximum": 1],
            "description":
              "For the method random: of each value, of sum 1; all alike where left out.",
          ],
        ], required: ["values"]),
      closed(
        [
          "min": ["type": "number"], "max": ["type": "number"], "q": step,
          "distribution": [
            "enum": names { !$0.isNormal },
            "description": """
            For the method random. The bounds are the values themselves; int_uniform between \
            integers and uniform between others where left out.
            """,
          ],
        ], required: ["min", "max"]),
      closed(
        [
          "mu": ["type": "number"], "sigma": ["type": "number", "exclusiveMinimum": 0], "q": step,
          "distribution": [
            "enum": names(\.isNormal),
            "description": """
            For the method random. normal where left out; mu and sigma are those of the logarithm in \
            log_normal.
            """,
          ],
        ], required: ["mu", "sigma"]),
    ],
  ]

  private static let step: JSONNode = [
    "type": "number", "exclusiveMinimum": 0,
    "description": "For distributions that begin with q_: numbers are multiples of this.",
  ]

  private static func names(_ isChosen: (SweepParameter.Distribution) -> Bool) -> JSONNode {
    JSONNode(SweepParameter.Distribution.allCases.filter(isChosen).map { JSONNode($0.rawValue) })
  }

  private static func text(_ description: String) -> JSONNode {
    ["type": "string", "description": JSONNode(description)]
  }

  private static func closed(_ properties: JSONNode, required: [JSONNode]) -> JSONNode {
    [
      "additionalProperties": false, "required": JSONNode(required), "properties": properties,
    ]
  }

  private static func rule(_ method: String, required: [JSONNode]) -> JSONNode {
    [
      "if": ["properties": ["method": ["const": JSONNode(method)]]],
      "then": ["required": JSONNode(required)],
    ]
  }
}
