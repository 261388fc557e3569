import CommandLineTestSupport
import Testing

@Suite struct HelpTests {
  static let commands = [
    "list", "show", "check", "evaluate", "compare", "diff", "targets", "plot", "try", "gradcheck",
    "export",
    "data", "train", "val", "detect", "sweep", "schema", "new-loss", "new-assigner",
    "bench", "completion", "manual",
  ]

  @Test func theToolListsItsCommands() {
    let answer = losskit("--help")
    #expect(answer.status == 0 && answer.errors.isEmpty)
    for command in Self.commands { #expect(answer.text.contains("\n  \(command) ")) }
  }

  @Test(arguments: commands)
  func everyCommandHasHelpWithExamples(command: String) {
    let answer = losskit(command, "--help")
    #expect(answer.status == 0 && answer.errors.isEmpty)
    #expect(answer.text.contains("\nUsage: losskit \(command)"))
    #expect(answer.text.contains("\nExamples:\n  losskit \(command)"))
  }

  @Test(arguments: [[]] + commands.map { [$0] })
  func version(command: [String]) {
    let answer = Answer(to: command + ["--version"])
    #expect(answer.status == 0)
    #expect(answer.text == "losskit 0.1.0\n")
  }

  @Test func withoutACommandHelpIsShownAndTheStatusIs2() {
    let answer = losskit()
    #expect(answer.status == 2 && answer.text.isEmpty)
    #expect(answer.errors.contains("Commands:"))
  }
}
