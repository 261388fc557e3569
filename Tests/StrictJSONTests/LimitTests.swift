import Foundation
import ResourceLimits
import StrictJSON
import Synchronization
import Testing

@Suite struct LimitTests {
  @Test(arguments: ["[", "{\"a\":"])
  func refusesDeepNesting(opening: String) {
    let text = String(repeating: opening, count: 100_000)
    let column = 128 * opening.utf8.count + 1
    #expect(
      complaint(text.utf8) == "a.json:1:\(column): nested deeper than 128 levels; flatten the value"
    )
  }

  /// 512 KiB is what Darwin gives a thread that isn't the main one.
  @Test func walksTheDeepestNestingOnASmallStack() {
    let text = String(repeating: "[{\"a\":", count: 64) + "1" + String(repeating: "}]", count: 64)
    let written = Mutex("")
    let isDone = DispatchSemaphore(value: 0)
    let thread = Thread {
      let outcome = Result {
        let node = try parse(text)
        let path = JSONPath((0..<128).map { $0.isMultiple(of: 2) ? "0" : "a" })
        guard try node == node.merging(patch: parse(text)) else { return "not equal" }
        return try node.setting(2, at: path).text(.compact)
      }
      written.withLock { $0 = (try? outcome.get()) ?? "\(outcome)" }
      isDone.signal()
    }
    thread.stackSize = 512 << 10
    thread.start()
    isDone.wait()
    #expect(written.withLock { $0 } == text.replacing("1", with: "2"))
  }

  /// What couldn't be read again isn't written.
  @Test func writesNoDeeperThanItReads() throws {
    func nested(_ depth: Int) -> JSONNode { (0..<depth).reduce(0) { node, _ in ["a": [node]] } }
    let deepest = nested(Limits.jsonDepth / 2)
    #expect(try parse(deepest.text()) == deepest)
    let message = complaint { () throws(Diagnostics) in
      try nested(Limits.jsonDepth / 2 + 1).text(.compact)
    }
    #expect(message.hasPrefix("<program>: a.0.a.0."))
    #expect(message.hasSuffix(".a.0: nested deeper than 128 levels; flatten the value"))
  }

  @Test func aPathHasAsManyKeysAsAValueHasLevels() throws {
    let place = SourceLocation(file: "--set")
    func path(_ count: Int) -> String { Array(repeating: "a", count: count).joined(separator: ".") }
    let longest = try JSONPath(parsing: path(Limits.jsonDepth), at: place)
    #expect(longest.components.count == Limits.jsonDepth)
    for count in [Limits.jsonDepth + 1, 1_000_000] {
      let message = complaint { () throws(Diagnostics) in
        try JSONPath(parsing: path(count), at: place)
      }
      #expect(message == "--set: a path of more than 128 keys, which no value has")
    }
  }

  @Test func aMessageIsNeverLong() {
    let long = String(repeating: "x", count: 1_000_000)
    let diagnostic = Diagnostic(
      at: SourceLocation(file: "a.json"), path: ["stages", long], "is \(long); remove it",
      suggestion: long)
    #expect(diagnostic.message.unicodeScalars.count == Limits.messageScalars)
    #expect(diagnostic.message.hasSuffix("x; remove it"))
    #expect(diagnostic.description.unicodeScalars.count < 2 * Limits.messageScalars + 200)
  }

  @Test(arguments: [0, 1, 69_900])
  func tellsAsManyErrorsAsCanBeRead(more: Int) {
    let errors = (1...Limits.diagnostics + more).map {
      Diagnostic(at: SourceLocation(file: "a.json", line: $0, column: 1), "is wrong")
    }
    let last = Diagnostic(
      at: SourceLocation(file: "a.json", line: Limits.diagnostics + 1, column: 1),
      "from here on, \(more) more errors; mend those before first")
    #expect(
      Diagnostics(errors.reversed())?.all
        == errors.prefix(Limits.diagnostics) + (more > 0 ? [last] : []))
  }

  @Test func readsALongString() throws {
    let string = String(repeating: "ab\"é", count: 1 << 18)
    let text = try JSONNode(string).text(.compact)
    #expect(text.utf8.count > 1 << 20)
    #expect(try parse(text) == JSONNode(string))
  }

  @Test func readsALongNumber() throws {
    let digits = String(repeating: "1234567890", count: 10_000)
    #expect(try parse("0.\(digits)e5") == JSONNode(12345.678901234568))
    #expect(complaint("\(digits)".utf8).hasPrefix("a.json:1:1: number out of range"))
  }

  @Test func findsADuplicateAmongManyKeys() {
    let members = (0..<10_000).map { "\"key\($0)\": \($0)" }
    let text = "{\n" + members.joined(separator: ",\n") + ",\n\"key4321\": 0}"
    #expect(
      complaint(text.utf8)
        == "a.json:10002:1: duplicate key \"key4321\", already at a.json:4323:1; "
        + "remove one of the two")
  }
}
