import CommandLineKit
import CommandLineTestSupport
import Testing

@Suite struct HelpTests {
  @Test(arguments: [["--help"], ["-h"], ["help"], ["help", "--help"]])
  func ofTheTool(arguments: [String]) {
    let text = """
      Losses for object detection.

      Usage: losskit [--verbose] COMMAND

      Commands:
        list      List what is registered.
        evaluate  Evaluate a recipe on a bundle.
        draw      Draw.
        compare   Compare recipes.
        try       Try a loss.
        copy      Copy.
        sweep     Train with many recipes.

      Options:
        -v, --verbose  Tell more.
        -h, --help     Show this help.
            --version  Show the version.

      Examples:
        losskit list loss
            List the losses.

      See 'losskit COMMAND --help' for the help of a command.

      """
    #expect(Answer(to: arguments) == Answer(0, text))
  }

  @Test(arguments: [
    ["evaluate", "--help"], ["evaluate", "a", "-h"], ["help", "evaluate"],
    ["evaluate", "--bogus", "--help"], ["--help", "evaluate"], ["evaluate", "-t", "--help"],
  ])
  func ofACommand(arguments: [String]) {
    let text = """
      Evaluate a recipe on a bundle.

      Usage: losskit evaluate RECIPE BUNDLE [--gradients OUT.safetensors] [--json]
                              [--set PATH=VALUE]... [--threads N]

      Prints the value of each term and their total. The same recipe, bundle and seed
      give the same bits, whatever the number of threads.

      A path names a key at each level:
        stages.rpn.terms.rpn_box.weight

      Arguments:
        RECIPE  The recipe file.
        BUNDLE  A safetensors file of predictions and ground truth.

      Options:
            --gradients OUT.safetensors
                              Write the gradients to a file.
            --json            Print JSON.
            --set PATH=VALUE  Set a value of the recipe, as if its file said so; may
                              be given many times.
        -t, --threads N       How many threads to use. (default: 2)

      Global options:
        -v, --verbose  Tell more.
        -h, --help     Show this help.
            --version  Show the version.

      Examples:
        losskit evaluate ssd.json batch.safetensors
            Evaluate on one batch.
        losskit evaluate ssd.json batch.safetensors --set stages.ssd.terms.box.weight=2
            Evaluate with another weight.

      """
    #expect(Answer(to: arguments) == Answer(0, text))
  }

  @Test(arguments: [["sweep", "--help"], ["help", "sweep"], ["sweep", "help"]])
  func ofACommandWithSubcommands(arguments: [String]) {
    let text = """
      Train with many recipes.

      Usage: losskit sweep COMMAND

      Commands:
        run    Run a sweep.
        trial  Run one trial.

      Global options:
        -v, --verbose  Tell more.
        -h, --help     Show this help.
            --version  Show the version.

      See 'losskit sweep COMMAND --help' for the help of a command.

      """
    #expect(Answer(to: arguments) == Answer(0, text))
  }

  @Test(arguments: [
    ["help", "sweep", "trial"], ["sweep", "help", "trial"], ["sweep", "trial", "-h"],
  ])
  func ofANestedCommand(arguments: [String]) {
    let text = Answer(to: arguments).text
    #expect(text.hasPrefix("Run one trial.\n\nUsage: losskit sweep trial RECIPE --index N\n"))
  }

  @Test func headingsAreBoldOnATerminal() {
    let text = Answer(to: ["--help"], style: Style(isEnabled: true)).text
    #expect(text.contains("\n\u{1B}[1mOptions:\u{1B}[22m\n  -v, --verbose  Tell more.\n"))
  }

  @Test(arguments: [40, 60, 100, 200])
  func wrapsAtTheWidth(width: Int) {
    let text = Answer(to: ["evaluate", "--help"], width: width).text
    let prose = text.split(separator: "\n").filter { !$0.hasPrefix("  losskit") }
    // Words are kept whole, whatever the width.
    #expect(text.contains("[--gradients OUT.safetensors]"))
    #expect(prose.filter { $0.count > max(width, 54) }.isEmpty)
    #expect(prose.allSatisfy { $0.last != " " })
  }

  @Test(arguments: [-5, 0, 1, 7])
  func anyWidthWillDo(width: Int) {
    let words = { (text: String) in text.split { $0.isWhitespace } }
    let narrow = Answer(to: ["evaluate", "--help"], width: width).text
    #expect(words(narrow) == words(Answer(to: ["evaluate", "--help"]).text))
  }
}
