import CommandLineKit
import CommandLineTestSupport
import Foundation
import Testing

@Suite struct ErrorTests {
  private static let commands = "; there are list, evaluate, draw, compare, try, copy, sweep, help"

  /// The arguments, and the message without the name of the command and the usage.
  static let wrong: [([String], String, String)] = [
    // Commands.
    (["evalute"], "losskit", #"unknown command "evalute"; did you mean "evaluate"?"#),
    (["eval"], "losskit", #"unknown command "eval"; did you mean "evaluate"?"#),
    (["LIST"], "losskit", #"unknown command "LIST"; did you mean "list"?"#),
    (["lsit"], "losskit", #"unknown command "lsit"; did you mean "list"?"#),
    (["hepl"], "losskit", #"unknown command "hepl"; did you mean "help"?"#),
    (["train"], "losskit", #"unknown command "train""# + commands),
    ([""], "losskit", #"unknown command """# + commands),
    (["evalute", "--help"], "losskit", #"unknown command "evalute"; did you mean "evaluate"?"#),
    (["help", "nothing"], "losskit", #"unknown command "nothing""# + commands),
    (["sweep", "rnu"], "losskit sweep", #"unknown command "rnu"; did you mean "run"?"#),
    (
      ["sweep", "file.json"], "losskit sweep",
      #"unknown command "file.json"; there are run, trial, help"#
    ),
    // Options.
    (["--colour"], "losskit", #"unknown option "--colour""#),
    (["--verbos"], "losskit", #"unknown option "--verbos"; did you mean "--verbose"?"#),
    (["--json", "list"], "losskit", #"option "--json" goes after the command"#),
    (["list", "-json"], "losskit list", #"unknown option "-json"; did you mean "--json"?"#),
    (["list", "-x"], "losskit list", #"unknown option "-x""#),
    (["list", "---"], "losskit list", #"unknown option "---""#),
    (["list", "--=3"], "losskit list", #"unknown option "--""#),
    (["list", "--json=yes"], "losskit list", #"option "--json" takes no value"#),
    (["list", "-h=1"], "losskit list", #"option "-h" takes no value"#),
    (
      ["evaluate", "--gradient"], "losskit evaluate",
      #"unknown option "--gradient"; did you mean "--gradients"?"#
    ),
    (
      ["evaluate", "a", "b", "--gradients"], "losskit evaluate",
      #"option "--gradients" needs a value, OUT.safetensors"#
    ),
    (
      ["evaluate", "--gradients", "--json", "a", "b"], "losskit evaluate",
      #"option "--gradients" needs a value, OUT.safetensors; "#
        + #"a value that begins with "-" goes behind "=""#
    ),
    (
      ["evaluate", "-t", "1", "--threads=1", "a", "b"], "losskit evaluate",
      #"option "--threads" is given twice; give it once"#
    ),
    // Arguments.
    (["evaluate"], "losskit evaluate", "missing RECIPE, BUNDLE"),
    (["evaluate", "a"], "losskit evaluate", "missing BUNDLE"),
    (["compare"], "losskit compare", "missing RECIPE, --bundle B"),
    (["compare", "a"], "losskit compare", "missing --bundle B"),
    (["copy", "a"], "losskit copy", "missing BUNDLE"),
    (["list", "loss", "x", "y"], "losskit list", #"unexpected argument "x""#),
    (["evaluate", "a", "b", "c"], "losskit evaluate", #"unexpected argument "c""#),
    // Values.
    (
      ["list", "los"], "losskit list",
      #"KIND: expected one of loss, assigner, sampler; got "los"; did you mean "loss"?"#
    ),
    (
      ["list", "\u{1B}[31m\n"], "losskit list",
      #"KIND: expected one of loss, assigner, sampler; got "\u{1B}[31m\n""#
    ),
    (
      ["evaluate", "a", "b", "-t", "65"], "losskit evaluate",
      #"--threads: expected an integer from 1 to 64; got "65""#
    ),
    (
      ["evaluate", "a", "b", "-t", "-3"], "losskit evaluate",
      #"--threads: expected an integer from 1 to 64; got "-3""#
    ),
    (
      ["sweep", "trial", "f", "--index", "-1"], "losskit sweep trial",
      #"--index: expected an integer of at least 0; got "-1""#
    ),
    (
      ["try", "--predictions", "1", "--seed", "99999999999999999999"], "losskit try",
      #"--seed: expected an integer; got "99999999999999999999""#
    ),
    (
      ["try", "--predictions", "1 x"], "losskit try",
      #"--predictions: expected numbers; got "x""#
    ),
    // Thrown by the command.
    (["sweep", "trial", "f", "--index=10"], "losskit sweep trial", "the sweep has 10 trials only"),
  ]

  @Test(arguments: wrong)
  func askedWrongly(arguments: [String], command: String, message: String) {
    let answer = Answer(to: arguments)
    let lines = answer.errors.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(answer.status == 2)
    #expect(answer.text.isEmpty)
    #expect(lines.first == "\(command): \(message)")
    #expect(lines.dropFirst().first?.hasPrefix("Usage: \(command) ") == true)
    #expect(lines.suffix(2) == ["See '\(command) --help'.", ""])
  }

  @Test func theWholeMessage() {
    let errors = """
      losskit evaluate: unknown option "--gradient"; did you mean "--gradients"?
      Usage: losskit evaluate RECIPE BUNDLE [--gradients OUT.safetensors] [--json]
                              [--set PATH=VALUE]... [--threads N]
      See 'losskit evaluate --help'.

      """
    let arguments = ["evaluate", "a", "b", "--gradient", "x"]
    #expect(Answer(to: arguments) == Answer(2, errors: errors))
  }

  @Test(arguments: [[], ["sweep"], ["-v", "sweep"]])
  func aMissingCommandIsAnsweredWithTheHelp(arguments: [String]) {
    let help = Answer(to: arguments + ["--help"]).text
    #expect(!help.isEmpty)
    #expect(Answer(to: arguments) == Answer(2, errors: help))
  }

  @Test func theCommandFails() {
    let errors = "losskit: error: sweep.json:1:2: no trials\nsweep.json:3:4: no\\u001B[2J data\n"
    #expect(Answer(to: ["sweep", "run", "sweep.json"]) == Answer(1, errors: errors))
  }

  @Test func theWordErrorIsRedOnATerminal() {
    let answer = Answer(to: ["sweep", "run", "f"], style: Style(isEnabled: true))
    #expect(answer.errors.hasPrefix("losskit: \u{1B}[1m\u{1B}[31merror:\u{1B}[39m\u{1B}[22m sweep"))
  }

  @Test func foundationsErrorsAreSentences() {
    let command = Command("read", summary: "Read.") { _ in
      _ = try Data(contentsOf: URL(filePath: "/nowhere/at/all"))
    }
    let answer = Answer(to: [], of: CommandLineTool(command, version: "1"))
    #expect(answer.status == 1)
    #expect(answer.errors.hasPrefix("read: error: The "))
    #expect(!answer.errors.contains("Domain"))
  }

  @Test func aParameterThatTheCommandDoesNotDeclare() {
    let name = Argument.required(.text("NAME"), help: "")
    let flag = Argument.flag("flag", help: "")
    let command = Command("greet", summary: "Greet.") { (call: Invocation) throws in
      let isGiven = try call[flag]
      #expect(!isGiven)
      #expect(throws: UsageError("missing NAME")) { try call[name] }
    }
    #expect(Answer(to: [], of: CommandLineTool(command, version: "1")) == Answer(0))
  }
}
