import Foundation
import LossKit
import TestSupport
import Testing

/// The JSON Schema that editors read.
struct SchemaTests {
  @Test func `the committed schema is the generated one`() throws {
    let generated = try RecipeSchema.node(for: try Registry.builtIn()).text() + "\n"
    let path = Reference.path("Configs/recipe.schema.json")
    let committed = try? String(contentsOfFile: path, encoding: .utf8)
    // Apart, so that a failure doesn't print both.
    let isCurrent = committed == generated
    #expect(
      isCurrent,
      "after changing components: losskit schema --output Configs/recipe.schema.json")
  }

  @Test(arguments: DetectionRecipe.shippedNames)
  func `shipped recipes are allowed`(name: String) throws {
    let schema = RecipeSchema.node(for: try Registry.builtIn())
    let validation = SchemaValidation(definitions: try #require(schema["$defs"]))
    let text = try String(
      contentsOfFile: Reference.path("Configs/recipes/\(name).json"), encoding: .utf8)
    let recipe = try JSONNode(parsing: Array(text.utf8), file: name)
    #expect(validation.allows(recipe, by: schema))
    let damaged = text.replacing("\"target\"", with: "\"taget\"")
    let other = try JSONNode(parsing: Array(damaged.utf8), file: name)
    #expect(damaged == text || !validation.allows(other, by: schema))
  }

  @Test func `losses of a recipe's own are allowed`() throws {
    let schema = RecipeSchema.node(for: try Registry.builtIn())
    let validation = SchemaValidation(definitions: try #require(schema["$defs"]))
    func allows(_ loss: String, _ definition: String = #"{ "value": "abs(prediction - c)" }"#)
      throws -> Bool
    {
      let text = """
        { "extends": "faster_rcnn_torchvision", "losses": { "mine": \(definition) },
          "stages": { "rpn": { "terms": { "rpn_box": { "loss": \(loss) } } } } }
        """
      return validation.allows(try JSONNode(parsing: Array(text.utf8), file: "mine"), by: schema)
    }
    #expect(try allows(#""mine""#))
    #expect(try allows(#"{ "type": "mine", "c": 2 }"#))
    #expect(
      try allows(
        #""mine""#,
        #"""
        { "summary": "s", "source": "t", "let": { "x": "prediction" }, "constants": { "d": 1 },
          "parameters": { "c": 1, "n": { "default": 2, "type": "integer", "above": 0 } },
          "value": "c * x", "derivative": "c", "predictions": "numbers" }
        """#))
    #expect(try !allows(#"{ "type": "huber", "c": 2 }"#))
    #expect(try !allows(#""mine""#, #"{ "valu": "prediction" }"#))
    #expect(try !allows(#""mine""#, #"{ "value": "c", "parameters": { "c": { "least": 1 } } }"#))
  }

  /// The suffixes of what defines recipes that stand by themselves, and of what defines those that
  /// extend another.
  static let kinds = ["", "_patch"]

  @Test(arguments: kinds)
  func `every parameter of every component is in it`(suffix: String) throws {
    let registry = try Registry.builtIn()
    let definitions = try #require(RecipeSchema.node(for: registry)["$defs"])
    for kind in ComponentKind.allCases {
      let declarations = kind.declarations(in: registry)
      let forms = try #require(definitions[kind.rawValue + suffix, "anyOf"]).elements
      #expect(!declarations.isEmpty)
      let own = kind == .loss ? 2 : 0
      #expect(forms.count == declarations.count + 1 + own, "one form each, and the names")
      for (declaration, form) in zip(declarations, forms) {
        #expect(form["description"] == JSONNode(declaration.summary))
        #expect(form["additionalProperties"] == (suffix.isEmpty ? false : ["type": "null"]))
        let properties = try #require(form["properties"], "\(declaration.name)")
        let type: JSONNode = ["const": JSONNode(declaration.name)]
        #expect(
          properties["type"] == (suffix.isEmpty ? type : ["anyOf": [type, ["type": "null"]]]))
        #expect(
          properties.members.map(\.key) == ["type"] + declaration.parameters.map(\.name))
        for parameter in declaration.parameters {
          let property = properties[parameter.name]
          #expect(property?["description"] == JSONNode(parameter.help))
          #expect(property?["default"] == parameter.defaultValue.map { JSONNode($0) })
          #expect(
            property?.takesNull == (suffix == "_patch" || parameter.defaultValue == .null),
            "\(declaration.name).\(parameter.name)")
        }
      }
    }
  }

  @Test(arguments: kinds)
  func `null may stand for a key where it removes one`(suffix: String) throws {
    let schema = RecipeSchema.node(for: try Registry.builtIn())
    #expect(schema["if"] == ["required": ["extends"]])
    #expect(schema["then"] == ["$ref": "#/$defs/recipe_patch"])
    #expect(schema["else"] == ["$ref": "#/$defs/recipe"])
    let definitions = try #require(schema["$defs"])
    let recipe = try #require(definitions["recipe\(suffix)", "properties"])
    let stage = try #require(definitions["stage\(suffix)", "properties"])
    let term = try #require(definitions["term\(suffix)", "properties"])
    let normalizers = try #require(definitions["normalizer\(suffix)", "anyOf"]).elements
    let normalizer = try #require(normalizers.last?["properties"])
    let names = [recipe["stages"], suffix.isEmpty ? stage["terms"] : stage["terms"]?.alternative]
      .map { $0?["additionalProperties"]?.takesNull }
    #expect(names == [suffix == "_patch", suffix == "_patch"], "stages and terms by name")
    for properties in [stage, term, normalizer] {
      #expect(!properties.members.isEmpty)
      for member in properties.members {
        #expect(member.node.takesNull == (suffix == "_patch"), "\(member.key)")
      }
    }
    #expect(recipe["extends"]?.takesNull == false)
  }
}

extension JSONNode {
  /// What a schema allows instead of its last alternative.
  fileprivate var alternative: JSONNode? { self["anyOf", "0"] }

  /// Whether null is one of a schema's alternatives.
  fileprivate var takesNull: Bool {
    self["anyOf"]?.elements.contains(["type": "null"]) == true
  }
}
