import Foundation
import LossKit
import TestSupport
import Testing

/// Recipes that come with the package and are found by their names.
struct ShippedRecipeTests {
  private let folder: TemporaryFolder
  private let registry: Registry

  init() throws {
    folder = try TemporaryFolder()
    registry = try Registry.builtIn()
  }

  @Test func `they are those of Configs`() throws {
    let path = Reference.path("Configs/recipes")
    let files = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    #expect(
      DetectionRecipe.shippedNames.map { "\($0).json" } == files,
      "add what is new to Sources/ShippedRecipes/ShippedRecipes.c")
    for name in DetectionRecipe.shippedNames {
      let shipped = try DetectionRecipe(named: name, registry: registry)
      #expect(try shipped.node == load(file: "\(path)/\(name).json").node)
      #expect(shipped.objective.name == name)
    }
  }

  @Test func `the documentation lists them`() throws {
    let page = "Sources/LossKit/LossKit.docc/ShippedRecipes.md"
    let text = try String(contentsOfFile: Reference.path(page), encoding: .utf8)
    for name in DetectionRecipe.shippedNames {
      #expect(text.contains("\n| `\(name)` | "), "give it a row in \(page)")
    }
  }

  @Test func `they take settings`() throws {
    let recipe = try DetectionRecipe(
      named: "faster_rcnn_tf",
      settings: [try JSONSetting(parsing: "stages.rpn.terms.rpn_box.weight=7")],
      registry: registry)
    #expect(try recipe.term("rpn_box")?.weight == 7)
  }

  @Test func `an unknown name`() {
    let found = complaints { () throws(Diagnostics) in
      try DetectionRecipe(named: "atts", registry: registry)
    }
    let names = DetectionRecipe.shippedNames.joined(separator: ", ")
    #expect(
      found
        == [
          "atts: no recipe of this name comes with LossKit; there is \(names); "
            + "did you mean \"atss\"?"
        ])
    #expect(
      complaints { () throws(Diagnostics) in try load(file: "retinanet_mmdt") }
        == [#"retinanet_mmdt: no such file; did you mean "retinanet_mmdet"?"#])
  }

  @Test(arguments: ["faster_rcnn_pytorch", "faster_rcnn_pytorch.json"])
  func `recipes extend them from anywhere`(name: String) throws {
    let path = try folder.write(#"{ "extends": "\#(name)" }"#, to: "mine.json")
    let recipe = try load(file: path)
    #expect(recipe.objective.name == "faster_rcnn_pytorch")
    let shipped = try DetectionRecipe(named: "faster_rcnn_pytorch", registry: registry)
    #expect(recipe.node["stages"] == shipped.node["stages"])
  }

  @Test func `a file beside the recipe goes first`() throws {
    try folder.write(goodRecipe, to: "atss.json")
    let path = try folder.write(#"{ "extends": "atss" }"#, to: "mine.json")
    #expect(try load(file: path).objective.stages.map(\.name) == ["rpn"])
    // A folder is no recipe.
    try folder.write("", to: "fcos_mmdet.json/file")
    let other = try folder.write(#"{ "extends": "fcos_mmdet" }"#, to: "other.json")
    #expect(try load(file: other).objective.name == "fcos_mmdet")
  }

  @Test func `a name with a folder is that of a file`() throws {
    let path = try folder.write(#"{ "extends": "./atss" }"#, to: "mine.json")
    #expect(
      complaints { () throws(Diagnostics) in try load(file: path) }
        == [#"\#(path):1:14: extends: "atss.json": no such file; did you mean "atss"?"#])
    #expect(
      complaints { () throws(Diagnostics) in try load(file: folder.path("atss")) }
        == ["\(folder.path("atss")): no such file"])
  }

  @Test func `the ending may be left out`() throws {
    try folder.write(goodRecipe, to: "base.json")
    #expect(try load(file: folder.path("base")).objective.name == "base")
  }

  @Test func `an error in their text is told by their name`() throws {
    let path = try folder.write(
      #"{ "extends": "faster_rcnn_tf", "stages": { "rpn": { "coder": null } } }"#, to: "mine.json")
    let found = complaints { () throws(Diagnostics) in try load(file: path) }
    #expect(
      found == [#"<shipped>/faster_rcnn_tf.json:6:12: stages.rpn: key "coder" is missing"#])
  }
}
