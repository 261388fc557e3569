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

  @Test func `every parameter of every component is in it`() throws {
    let registry = try Registry.builtIn()
    let definitions = try #require(RecipeSchema.node(for: registry)["$defs"])
    let declarations = [
      "priors": registry.priors.entries.map(\.declaration),
      "assigner": registry.assigners.entries.map(\.declaration),
      "sampler": registry.samplers.entries.map(\.declaration),
      "coder": registry.coders.entries.map(\.declaration),
      "loss": registry.losses.entries.map(\.declaration),
    ]
    for (kind, declarations) in declarations {
      guard case .array(let forms)? = definitions[kind]?["anyOf"]?.value else {
        Issue.record("\(kind) has no forms")
        continue
      }
      #expect(!declarations.isEmpty)
      #expect(forms.count == declarations.count + 1, "one form each, and the names")
      for (declaration, form) in zip(declarations, forms) {
        #expect(form["description"] == JSONNode(declaration.summary))
        #expect(form["additionalProperties"] == false)
        guard case .object(let properties)? = form["properties"]?.value else {
          Issue.record("\(declaration.name) has no properties")
          continue
        }
        #expect(properties["type"]?["const"] == JSONNode(declaration.name))
        #expect(
          properties.members.map(\.key) == ["type"] + declaration.parameters.map(\.name))
        for parameter in declaration.parameters {
          let property = properties[parameter.name]
          #expect(property?["description"] == JSONNode(parameter.meaning))
          #expect(property?["default"] == parameter.defaultValue.map { JSONNode($0) })
        }
      }
    }
  }
}

extension JSONNode {
  fileprivate subscript(key: String) -> JSONNode? {
    guard case .object(let object) = value else { return nil }
    return object[key]
  }
}
