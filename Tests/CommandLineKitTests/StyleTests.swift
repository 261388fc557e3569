import CommandLineKit
import Testing

@Suite struct StyleTests {
  @Test(arguments: [
    (true, [:], true),
    (true, ["TERM": "xterm-256color"], true),
    (true, ["NO_COLOR": ""], true),
    (true, ["NO_COLOR": "1"], false),
    (true, ["NO_COLOR": "0"], false),
    (true, ["TERM": "dumb"], false),
    (false, [:], false),
    (false, ["TERM": "xterm-256color"], false),
  ])
  func isOnWhere(isTerminal: Bool, environment: [String: String], isOn: Bool) {
    let style = Style(isTerminal: isTerminal, environment: environment)
    #expect((style.red("x") != "x") == isOn)
  }

  @Test func marks() {
    let style = Style(isEnabled: true)
    #expect(style.bold("x") == "\u{1B}[1mx\u{1B}[22m")
    #expect(style.dim("x") == "\u{1B}[2mx\u{1B}[22m")
    #expect(style.red("x") == "\u{1B}[31mx\u{1B}[39m")
    #expect(style.green("x") == "\u{1B}[32mx\u{1B}[39m")
    #expect(style.yellow("x") == "\u{1B}[33mx\u{1B}[39m")
    #expect(style.bold("") == "")
  }

  @Test func plainLeavesTextsAsTheyAre() {
    let style = Style.plain
    for mark in [style.bold, style.dim, style.red, style.green, style.yellow] {
      #expect(mark("x") == "x")
    }
  }
}
