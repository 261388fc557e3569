import CommandLineKit
import LossKit

import struct CommandLineKit.Parameter

extension Command {
  private static let outputFile = Parameter.option(
    "output", .text("FILE"), help: "Write to a file instead.")

  /// `losskit schema`.
  static let schema = Command(
    "schema", summary: "Print the JSON Schema of recipes, for editors that complete and check.",
    parameters: [outputFile, Options.plugins],
    examples: [
      Example(
        "losskit schema --output recipe.schema.json", "Write what \"$schema\" in a recipe names.")
    ]
  ) { call in
    let text = try RecipeSchema.node(for: try call.registry).text()
    if let file = try call[outputFile] {
      try AtomicFile.write(Array("\(text)\n".utf8), to: file)
    } else {
      try call.output.print(text)
    }
  }
}
