import Foundation
import LossKit
import TestSupport
import Testing

@Suite struct SchemaTests {
  @Test func theSchemaIsThatOfTheRegistry() throws {
    let answer = losskit("schema")
    #expect(answer.status == 0 && answer.errors.isEmpty)
    #expect(try answer.json == RecipeSchema.node(for: try .builtIn()))
  }

  @Test func aFileHoldsTheSameText() throws {
    let folder = try TemporaryFolder()
    let answer = losskit("schema", "--output", folder.path("schema.json"))
    #expect(answer.status == 0 && answer.text.isEmpty)
    let text = try String(contentsOfFile: folder.path("schema.json"), encoding: .utf8)
    #expect(text == losskit("schema").text)
  }

  @Test func aFolderThatIsMissing() throws {
    let path = try TemporaryFolder().path("none/schema.json")
    let answer = losskit("schema", "--output", path)
    #expect(answer.status == 1)
    #expect(
      answer.errors == """
        losskit: error: \(path): cannot create a file in its folder: No such file or directory

        """)
  }
}
