import CommandLineKit
import CommandLineTestSupport
import Testing

@Suite struct ParsingTests {
  @Test(arguments: [
    ([], "- false"),
    (["loss"], "loss false"),
    (["--json"], "- true"),
    (["--json", "loss", "--json"], "loss true"),
  ])
  func optionalArgumentsAndFlags(arguments: [String], values: String) {
    #expect(Answer(to: ["list"] + arguments) == Answer(0, "list \(values)\n"))
  }

  @Test(arguments: [
    (["a", "b"], #"a b - false [] 2 false"#),
    (["--gradients", "g", "a", "b"], #"a b g false [] 2 false"#),
    (["a", "--gradients=g", "b"], #"a b g false [] 2 false"#),
    (["a", "b", "--gradients="], #"a b  false [] 2 false"#),
    (["a", "b", "--gradients=-g=h"], #"a b -g=h false [] 2 false"#),
    (["a", "b", "-t", "3"], #"a b - false [] 3 false"#),
    (["a", "b", "-t=3"], #"a b - false [] 3 false"#),
    (["a", "b", "--set", "x=1", "--set=y=2"], #"a b - false ["x=1", "y=2"] 2 false"#),
    (["--", "--json", "-h"], #"--json -h - false [] 2 false"#),
    (["--json", "--", "a", "--"], #"a -- - true [] 2 false"#),
    (["-", "-1"], #"- -1 - false [] 2 false"#),
    (["-.5", "-inf"], #"-.5 -inf - false [] 2 false"#),
    (["", " "], #"   - false [] 2 false"#),
    (["a", "b", "-v"], #"a b - false [] 2 true"#),
    (["a", "--verbose", "b"], #"a b - false [] 2 true"#),
  ])
  func argumentsAndOptions(arguments: [String], values: String) {
    #expect(Answer(to: ["evaluate"] + arguments) == Answer(0, "\(values)\n"))
  }

  @Test(arguments: [["-v"], ["--verbose"], ["--verbose", "-v"]])
  func globalOptionsMayStandBeforeTheCommand(options: [String]) {
    let expected = Answer(0, "a b - false [] 2 true\n")
    #expect(Answer(to: options + ["evaluate", "a", "b"]) == expected)
  }

  @Test(arguments: [
    (["--predictions", "-1 2"], "[-1.0, 2.0] 0"),
    (["--predictions", "-1", "--seed", "-3"], "[-1.0] -3"),
    (["--predictions", "-.5 1e3", "--seed=-3"], "[-0.5, 1000.0] -3"),
    (["--predictions", "-inf"], "[-inf] 0"),
  ])
  func negativeNumbersAreValues(arguments: [String], values: String) {
    #expect(Answer(to: ["try"] + arguments) == Answer(0, "\(values)\n"))
  }

  @Test(arguments: [
    (["compare", "a", "--bundle", "x"], #"["a"] x"#),
    (["compare", "a", "--bundle", "x", "b", "c"], #"["a", "b", "c"] x"#),
    (["copy", "a", "b"], #"["a"] b"#),
    (["copy", "a", "b", "c"], #"["a", "b"] c"#),
  ])
  func repeatingArgumentsTakeWhatTheOthersLeave(arguments: [String], values: String) {
    #expect(Answer(to: arguments) == Answer(0, "\(values)\n"))
  }

  @Test func nestedCommands() {
    #expect(Answer(to: ["sweep", "trial", "f", "--index", "9"]) == Answer(0, "f 9\n"))
    #expect(Answer(to: ["sweep", "-v", "trial", "--index=0", "f"]) == Answer(0, "f 0\n"))
  }

  @Test(arguments: [
    ["--version"], ["list", "--version"], ["sweep", "--version"], ["sweep", "trial", "--version"],
    ["--version", "evaluate"],
  ])
  func versionIsEverywhere(arguments: [String]) {
    #expect(Answer(to: arguments) == Answer(0, "losskit 1.2.3\n"))
  }

  @Test func aCommandAloneIsATool() {
    let name = Argument.required(.text("NAME"), help: "Whom to greet.")
    let greet = Command("greet", summary: "Greet.", arguments: [name]) { call in
      try call.output.print("hello \(try call[name])")
    }
    let tool = CommandLineTool(greet, version: "1")
    #expect(Answer(to: ["help"], of: tool) == Answer(0, "hello help\n"))
    #expect(Answer(to: ["-h"], of: tool).text.hasPrefix("Greet.\n\nUsage: greet NAME\n"))
  }

  @Test(arguments: [
    (["draw", "a", "b"], "lines [\"a\", \"b\"] false"),
    (["draw", "--json", "a"], "lines [\"a\"] true"),
    (["draw", "lines", "a"], "lines [\"a\"] false"),
    (["draw", "dots", "a"], "dots a"),
    (["draw", "-v", "dots", "a"], "dots a"),
  ])
  func aSubcommandMayStandInWhereNoneIsNamed(arguments: [String], values: String) {
    #expect(Answer(to: arguments) == Answer(0, "\(values)\n"))
  }

  @Test func withoutAnyWordTheSubcommandsAreListed() {
    let answer = Answer(to: ["draw"])
    #expect(answer.status == 2 && answer.errors.contains("Usage: losskit draw COMMAND"))
    #expect(Answer(to: ["draw", "help"]).text.contains("Usage: losskit draw COMMAND"))
    #expect(
      Answer(to: ["draw", "--jsn", "a"]).errors.contains(
        "unknown option \"--jsn\"; did you mean \"--json\"?"))
  }
}
