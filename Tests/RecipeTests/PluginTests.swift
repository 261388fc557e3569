import LossKit
import TestSupport
import Testing

/// Recipes that name shared libraries.
@Suite(
  .enabled(if: PluginBuilding.compiler != nil, Comment(rawValue: PluginBuilding.withoutCompiler)))
struct PluginTests {
  let folder: TemporaryFolder
  let library: String

  init() throws {
    folder = try TemporaryFolder()
    library = try PluginBuilding.quantile(in: folder)
  }

  /// A recipe with the quantile loss that names these libraries.
  private func write(_ plugins: String, to name: String) throws -> String {
    let text =
      goodRecipe
      .replacing(#"{ "type": "smooth_l1", "beta": 0.1 }"#, with: #""acme/quantile""#)
      .dropFirst(2)
    return try folder.write("{ \"plugins\": \(plugins),\n\(text)", to: name)
  }

  private func load(
    _ path: String, allowsPlugins: Bool = true, registered: [String] = []
  ) throws(Diagnostics) -> DetectionRecipe {
    var registry = (try? Registry.builtIn()) ?? Registry()
    for path in registered {
      if let library = try? PluginLibrary(contentsOf: path) { try? registry.register(library) }
    }
    return try DetectionRecipe(
      contentsOf: path, registry: registry, allowsPlugins: allowsPlugins)
  }

  @Test(arguments: [#"["libquantile.so"]"#, #"["./libquantile.so"]"#, #""libquantile.so""#])
  func `a path is relative to the recipe`(plugins: String) throws {
    let recipe = try load(try write(plugins, to: "recipe.json"))
    #expect(try recipe.term("box")?.loss.declaration.name == "acme/quantile")
  }

  @Test func `or absolute`() throws {
    let elsewhere = try TemporaryFolder()
    let library = try PluginBuilding.quantile(in: elsewhere)
    let recipe = try load(try write("[\"\(library)\"]", to: "recipe.json"))
    #expect(try recipe.term("box")?.loss.value(of: 2) == 1, "0.5 of 2 above the target")
  }

  @Test func `a recipe alone doesn't load code`() throws {
    let path = try write(#"["./libquantile.so"]"#, to: "recipe.json")
    #expect(
      complaints { () throws(Diagnostics) in try load(path, allowsPlugins: false) } == [
        "\(path):1:15: plugins.0: is native code, which a recipe can't load by itself; if you trust "
          + "it, add --allow-plugins, or --plugin \"\(folder.path("./libquantile.so"))\""
      ])
  }

  @Test func `so from a file without a folder`() throws {
    let node = try JSONNode(parsing: Array(#"{ "plugins": "libx.so" }"#.utf8), file: "r")
    let found = complaints { () throws(Diagnostics) in
      try DetectionRecipe(node, registry: Registry())
    }
    #expect(found.first?.hasSuffix(#"or --plugin "libx.so""#) == true)
  }

  @Test func `what is registered already is no question`() throws {
    let path = try write(#"["libquantile.so"]"#, to: "recipe.json")
    let recipe = try load(path, allowsPlugins: false, registered: [library])
    #expect(try recipe.term("box") != nil)
  }

  @Test func `a base's plugins are relative to the base`() throws {
    _ = try PluginBuilding.quantile(in: folder)
    _ = try write(#"["libquantile.so"]"#, to: "base.json")
    let top = try folder.write(
      #"{ "extends": "../base", "stages": { "rpn": { "terms": { "box": { "weight": 3 } } } } }"#,
      to: "sub/top.json")
    #expect(try load(top).term("box")?.loss.declaration.name == "acme/quantile")
    let found = complaints { () throws(Diagnostics) in try load(top, allowsPlugins: false) }
    #expect(found.count == 1)
    #expect(found.first?.contains("/base.json:1:15: plugins.0: is native code") == true)
  }

  @Test func `null removes a base's plugins`() throws {
    _ = try write(#"["libquantile.so"]"#, to: "base.json")
    let top = try folder.write(
      """
      { "extends": "base", "plugins": null,
        "stages": { "rpn": { "terms": { "box": { "loss": "l1" } } } } }
      """, to: "top.json")
    #expect(try load(top, allowsPlugins: false).term("box")?.loss is L1Loss)
  }

  @Test func `what can't be loaded is told where it is named`() throws {
    _ = try folder.write("text", to: "notes.txt")
    let path = try write(#"["libquantile.so", "libnone.so", "notes.txt"]"#, to: "recipe.json")
    let found = complaints { () throws(Diagnostics) in try load(path) }
    #expect(found.count == 2)
    #expect(
      found.first
        == "\(path):1:33: plugins.1: No such file or directory; name a shared library")
    #expect(
      found.last?.hasPrefix("\(path):1:47: plugins.2: is no shared library that can be") == true)
  }

  @Test func `names that clash`() throws {
    let other = try PluginBuilding.quantile("other", in: folder)
    let path = try write(#"["libquantile.so", "libother.so"]"#, to: "recipe.json")
    #expect(
      complaints { () throws(Diagnostics) in try load(path) } == [
        "\(path):1:33: plugins.1: the loss \"acme/quantile\" of \(other) is already registered by "
          + "\(library); rename one of them, or load one of them"
      ])
  }

  @Test(arguments: [
    ("7", "plugins: expected a string, found an integer"),
    ("[]", "plugins: is empty; expected one or more names"),
    ("[7]", "plugins.0: expected a string, found an integer"),
    ("null", "plugins: expected a string, found null"),
  ])
  func `plugins are names`(plugins: String, message: String) throws {
    let found = complaints { () throws(Diagnostics) in
      try load((try? write(plugins, to: "recipe.json")) ?? "")
    }
    #expect(found.count == 1 && found.first?.hasSuffix(message) == true, "\(found)")
  }

  @Test func `a setting can't add plugins`() throws {
    #expect(
      complaints { () throws(Diagnostics) in
        try RecipeTests.load(goodRecipe, settings: ["plugins=[\"libquantile.so\"]"])
      } == ["--set: plugins: can't be set; name the library by --plugin"])
  }

  @Test func `the schema knows plugins`() throws {
    var registry = try Registry.builtIn()
    try registry.register(try PluginLibrary(contentsOf: library))
    let text = try RecipeSchema.node(for: registry).text()
    #expect(text.contains("\"plugins\""))
    #expect(text.contains("\"acme/quantile\"") && text.contains("\"quantile\""))
  }
}
