import CommandLineTestSupport
import SeededNumbers
import Testing

@Suite struct RandomTokenTests {
  static let commands = [[], [], ["evaluate", "a", "b"], ["try"], ["sweep", "run"]]

  static let words = [
    "list", "evaluate", "compare", "try", "copy", "sweep", "run", "trial", "help", "loss", "a", "b",
    "--json", "--threads", "-t", "--gradients", "--set", "--bundle", "--index", "--predictions",
    "--seed", "--help", "-h", "--version", "-v", "--verbose", "--", "-", "=", "", " ", "-1", "1 2",
    "-=", "--=", "-.", "-²", "--set=", "--threads=3", "--threads=", "-t=-1", "--json=1", "-\u{301}",
    "--\u{301}=\u{301}", "=\u{301}", "\u{0}", "👩‍👩‍👧", "\r\n", "9999999999999999999999", "-inf",
  ]

  /// Whatever the tokens are, the tool answers: with the wanted on standard output alone, or with a
  /// message on standard error alone.
  @Test func anyTokensAreAnswered() {
    var random = SeededGenerator(seed: 1)
    var statuses: Set<Int32> = []
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...6, using: &random)
      let command = Self.commands.randomElement(using: &random) ?? []
      let tokens = command + (0..<count).map { _ in Self.token(&random) }
      let answer = Answer(to: tokens, width: Int.random(in: 0...100, using: &random))
      statuses.insert(answer.status)
      #expect((0...2).contains(answer.status), "\(tokens)")
      #expect(answer.text.isEmpty == (answer.status != 0), "\(tokens)")
      #expect(answer.errors.isEmpty == (answer.status == 0), "\(tokens)")
    }
    #expect(statuses == [0, 1, 2])
  }

  private static func token(_ random: inout SeededGenerator) -> String {
    let word = words.randomElement(using: &random) ?? ""
    switch Int.random(in: 0..<8, using: &random) {
    case 0: return word + (words.randomElement(using: &random) ?? "")
    case 1: return String(word.shuffled(using: &random))
    case 2:
      let scalars = (0..<5).compactMap { _ in
        Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &random))
      }
      return word + String(String.UnicodeScalarView(scalars))
    default: return word
    }
  }
}
