import CommandLineKit
import CommandLineTestSupport
import Testing

@Suite struct TerminalTextTests {
  /// What a name may hold to clear the screen, fake a line, write backwards, or end one where some
  /// programs see an end.
  @Test(arguments: [
    ("\u{1B}[2J", #"\u001B[2J"#), ("ok\nb.json: ok", #"ok\nb.json: ok"#), ("\r", #"\r"#),
    ("\r\n", #"\r\n"#), ("a\tb", #"a\tb"#), ("\u{7}", #"\u0007"#), ("\u{7F}", #"\u007F"#),
    ("\u{9B}1m", #"\u009B1m"#), ("\u{85}", #"\u0085"#), ("\u{2028}", #"\u2028"#),
    ("\u{2029}", #"\u2029"#), ("\u{202E}gnp", #"\u202Egnp"#), ("\u{2066}x", #"\u2066x"#),
    ("\u{200F}", #"\u200F"#), ("\u{61C}", #"\u061C"#), ("é 名 👩‍👩‍👧 \\ \"", "é 名 👩‍👩‍👧 \\ \""),
  ])
  func `what is put into a text is escaped`(name: String, shown: String) {
    let text: TerminalText = "a\n\(name)\u{1B}[0m"
    #expect(text.description == "a\n\(shown)\u{1B}[0m")
    #expect(("\(text)" as TerminalText) == text)
  }

  @Test func `lines stay lines`() {
    #expect(TerminalText(lines: "{\n  \"a\": 1\n}\n") == "{\n  \"a\": 1\n}\n")
    #expect(TerminalText(lines: "a\r\n\u{1B}b").description == #"a\r"# + "\n" + #"\u001Bb"#)
  }

  @Test func `marks stay around a name that has some of its own`() {
    let style = Style(isEnabled: true)
    let text = style.green("\("\u{1B}[31m")")
    #expect(text.description == "\u{1B}[32m\\u001B[31m\u{1B}[39m")
  }

  /// Whatever a message is made of: arguments, and errors of all kinds.
  @Test func `no message steers the terminal`() {
    for arguments in [
      ["\u{1B}[2J"], ["list", "\u{1B}[2J"], ["list", "--\u{1B}[2J"], ["list", "\u{202E}"],
      ["sweep", "run", "x"],
    ] {
      let answer = Answer(to: arguments)
      let controls = answer.errors.unicodeScalars.filter {
        $0 != "\n" && $0.properties.isBidiControl
      }
      #expect(controls.isEmpty && !answer.errors.unicodeScalars.contains("\u{1B}"))
      #expect(answer.status > 0 && answer.text.isEmpty)
    }
    let printed = Answer(to: ["sweep", "trial", "a\u{1B}[31m\nb", "--index", "1"])
    #expect(printed == Answer(0, #"a\u001B[31m\nb 1"# + "\n"))
  }
}
