import CommandLineKit
import LossKit

extension Command {
  /// `losskit new-loss`.
  static let newLoss = newComponent(.loss)
  /// `losskit new-assigner`.
  static let newAssigner = newComponent(.assigner)

  private static func newComponent(_ template: PackageTemplate) -> Command {
    let kind = template.kind.rawValue
    let name = Argument.required(
      .componentName(of: template.kind),
      help: "What recipes call the \(kind): small letters, digits and underscores.")
    let c = Argument.flag("c", help: "Write the \(kind) in C instead of Swift.")
    let directory = Argument.option(
      "directory", .path("FOLDER"), default: ".", help: "Where to put the package's folder.")
    let lossKit = Argument.option(
      "losskit", .lossKitLocation, default: LossKitLocation(description: "."),
      help: "What a package in Swift depends on: LossKit's folder, or the URL of its repository.")
    let example = "losskit new-\(kind) \(template.example)"
    return Command(
      "new-\(kind)", summary: "Write the package of a new \(kind), to be loaded with --plugin.",
      discussion: """
        The package is a folder called NAME with a \(template.rule) to put yours in the place of, a test that \
        \(template.test), and a README. It builds and loads as it stands; recipes call the \(kind) NAME/NAME.

        A package in C needs nothing of LossKit but a header, which comes with it. One in Swift depends on \
        LossKit: by a path, which is written relative to the package if you give a relative one, or by the \
        branch main of a repository. Package.swift has the line to change.
        """,
      arguments: [name, c, directory, lossKit],
      examples: [
        UsageExample(example, "Begin one in Swift, in LossKit's folder."),
        UsageExample("\(example) --losskit ../LossKit", "The same anywhere else."),
        UsageExample("\(example) --c", "Begin one in C."),
      ]
    ) { call in
      let name = try call[name]
      let lossKit = try call[lossKit]
      let package: any ComponentPackage
      if try call[c] {
        package = CPackage(name: name, template: template)
      } else {
        try lossKit.check()
        package = SwiftPackage(name: name, template: template, lossKit: lossKit)
      }
      let folder = try package.write(in: try call[directory])
      try call.output.print(
        """
        Wrote \(folder). The \(template.rule) is in \(package.source).
        Next, in that folder:
          \(package.commands.test)
          \(package.commands.build)
          losskit show \(name.registered) --plugin \(package.library)
        """)
    }
  }
}
