import ResourceLimits
import Testing

@Suite struct ShortenedTests {
  @Test func leavesTextsUpToTheLimitAlone() {
    let text = String(repeating: "é", count: Limits.messageScalars)
    #expect(shortened(text) == text)
  }

  @Test func keepsBeginningAndEndOfLongerTexts() {
    let text = "begins " + String(repeating: "é", count: 1_000_000) + " ends"
    let short = shortened(text)
    #expect(short.hasPrefix("begins éé"))
    #expect(short.hasSuffix("éé ends"))
    #expect(short.contains("é … é"))
    #expect(shortened(short) == short)
    #expect(short.unicodeScalars.count == Limits.messageScalars)
  }

  @Test func cutsWhatIsOneCharacterOnly() {
    let text = "a" + String(repeating: "\u{301}", count: 1_000_000)
    #expect(shortened(text).unicodeScalars.count == Limits.messageScalars)
  }
}
