import CommandLineKit
import LossKit

extension Command {
  private static let name = Argument.required(
    .newLossName, help: "What recipes call the loss: small letters, digits and underscores.")
  private static let c = Argument.flag("c", help: "Write the loss in C instead of Swift.")
  private static let directory = Argument.option(
    "directory", .path("FOLDER"), default: ".", help: "Where to put the package's folder.")

  /// `losskit new-loss`.
  static let newLoss = Command(
    "new-loss", summary: "Write the package of a new loss, to be loaded with --plugin.",
    discussion: """
      The package is a folder called NAME with a formula to put yours in the place of, a test that \
      holds the gradient against central differences, and a README. It builds and loads as it stands; \
      recipes call the loss NAME/NAME.
      """,
    arguments: [name, c, directory],
    examples: [
      UsageExample("losskit new-loss charbonnier", "Begin a loss in Swift."),
      UsageExample("losskit new-loss quantile --c", "Begin a loss in C."),
    ]
  ) { call in
    let name = try call[name]
    let package: any NewLossPackage =
      try call[c] ? CPackage(name: name) : SwiftPackage(name: name)
    let folder = try package.write(in: try call[directory])
    try call.output.print(
      """
      Wrote \(folder). The formula is in \(package.source).
      Next, in that folder:
        \(package.commands.test)
        \(package.commands.build)
        losskit show \(name.registered) --plugin \(package.library)
      """)
  }
}
