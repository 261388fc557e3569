import Foundation
import TestSupport
import Testing

/// The article on plugins, followed as a new user would.
@Suite struct ArticleTests {
  private static let article = Result {
    try Walkthrough(Reference.path("Sources/LossKit/LossKit.docc/LossesFromLibraries.md"))
  }

  #if os(Linux)
    @Test(
      .long,
      .enabled(
        if: PluginBuilding.compiler != nil && Subprocess.finds("make"),
        "there is no C compiler, or no make"))
    func theArticleIsRight() throws {
      let folder = try TemporaryFolder()
      let search = ProcessInfo.processInfo.environment["PATH"] ?? ""
      let differences = try Self.article.get().follow(
        in: folder.path("").trimmingSuffix("/"),
        environment: [
          "LOSSKIT": Reference.path("").trimmingSuffix("/"),
          "PATH": "\(PluginBuilding.executables.path):\(search)",
        ], builds: PluginBuilding.swiftBuilds)
      #expect(differences == [], "\(differences.joined(separator: "\n\n"))")
    }
  #endif

  @Test(arguments: [
    "charbonnier/Sources/Charbonnier/CharbonnierLoss.swift", "quantile/quantile.c",
  ])
  func theArticleHasTheExamples(path: String) throws {
    let text = try String(
      contentsOfFile: Reference.path("Examples/plugins/\(path)"), encoding: .utf8)
    #expect(try Self.article.get().writes(text), "\(path) differs")
  }
}

extension String {
  /// Without `suffix`, where it ends so.
  fileprivate func trimmingSuffix(_ suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
  }
}
