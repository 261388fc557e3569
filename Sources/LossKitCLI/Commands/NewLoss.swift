import CommandLineKit
import LossKit

extension Command {
  private static let name = Argument.required(
    .newLossName, help: "What recipes call the loss: small letters, digits and underscores.")
  private static let c = Argument.flag("c", help: "Write the loss in C instead of Swift.")
  private static let directory = Argument.option(
    "directory", .path("FOLDER"), default: ".", help: "Where to put the package's folder.")
  private static let lossKit = Argument.option(
    "losskit", .lossKitLocation, default: LossKitLocation(description: "."),
    help: "What a package in Swift depends on: LossKit's folder, or the URL of its repository.")

  /// `losskit new-loss`.
  static let newLoss = Command(
    "new-loss", summary: "Write the package of a new loss, to be loaded with --plugin.",
    discussion: """
      The package is a folder called NAME with a formula to put yours in the place of, a test that \
      holds the gradient against differences of values, and a README. It builds and loads as it stands; \
      recipes call the loss NAME/NAME.

      A package in C needs nothing of LossKit but a header, which comes with it. One in Swift depends on \
      LossKit: by a path, which is written relative to the package if you give a relative one, or by the \
      branch main of a repository. Package.swift has the line to change.
      """,
    arguments: [name, c, directory, lossKit],
    examples: [
      UsageExample("losskit new-loss charbonnier", "Begin a loss in Swift, in LossKit's folder."),
      UsageExample(
        "losskit new-loss charbonnier --losskit ../LossKit", "The same anywhere else."),
      UsageExample("losskit new-loss quantile --c", "Begin a loss in C."),
    ]
  ) { call in
    let name = try call[name]
    let lossKit = try call[lossKit]
    let package: any NewLossPackage
    if try call[c] {
      package = CPackage(name: name)
    } else {
      try lossKit.check()
      package = SwiftPackage(name: name, lossKit: lossKit)
    }
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
