import CommandLineKit
import LossKit
import Sweep

extension Command {
  private static let outputFile = Argument.option(
    "output", .path("FILE"), help: "Write to a file instead.")

  private static let subject = Argument.optional(
    .choice("KIND", from: ["recipe", "sweep"]),
    help: "What the files hold: recipe or sweep; recipe where left out.")

  /// `losskit schema`.
  static let schema = Command(
    "schema",
    summary: "Print the JSON Schema of recipes or sweeps, for editors that complete and check.",
    arguments: [subject, outputFile, Options.plugins],
    examples: [
      UsageExample(
        "losskit schema --output recipe.schema.json", "Write what \"$schema\" in a recipe names.")
    ]
  ) { call in
    let schema =
      try call[subject] == "sweep"
      ? SweepSchema.node : RecipeSchema.node(for: try call.registry)
    let text = try schema.text()
    if let file = try call[outputFile] {
      try AtomicFile.write(Array("\(text)\n".utf8), to: file)
    } else {
      try call.output.print(TerminalText(lines: text))
    }
  }
}
