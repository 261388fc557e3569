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

  private func path(_ keys: Int) -> String {
    Array(repeating: "a", count: keys).joined(separator: ".")
  }

  @Test(arguments: [129, 11_000])
  func refusesDeepPaths(keys: Int) throws {
    let location = SourceLocation(file: "--set")
    #expect(try JSONPath(parsing: path(128), at: location).components.count == 128)
    let message = "--set: the path has more than 128 keys; no value lies as deep"
    let error = #expect(throws: Diagnostics.self) {
      try JSONPath(parsing: path(keys), at: location)
    }
    #expect(error?.description == message)
    let setting = #expect(throws: Diagnostics.self) { try JSONSetting(parsing: path(keys) + "=1") }
    #expect(setting?.description == message)
  }

  /// What is put at a path lies as deep as the path is long.
  @Test func refusesWhatAPathMakesTooDeep() throws {
    for (keys, value, isFine) in [
      (127, "[1]", true), (128, "1", true), (128, "[]", false), (100, "[[1], {\"a\": []}]", true),
      (126, "[[1], {\"a\": []}]", false),
    ] {
      let path = try JSONPath(parsing: path(keys), at: .program)
      let node = try parse(value)
      let merged = Result { try JSONNode.null.merging(node, at: path) }
      #expect(((try? merged.get()) != nil) == isFine, "\(keys) keys for \(value)")
      guard let merged = try? merged.get() else { continue }
      #expect(merged[path] == node)
      #expect(try parse(merged.text()) == merged)
      #expect(try merged.setting(node, at: path) == merged)
    }
    let deep = try JSONNode.null.merging(1, at: JSONPath(parsing: path(127), at: .program))
    let error = #expect(throws: Diagnostics.self) {
      try deep.setting([[]], at: JSONPath(parsing: path(127), at: .program))
    }
    #expect(error?.description.contains("nested deeper than 128 levels; flatten") == true)
  }

  /// What is written can be read again.
  @Test func refusesToWriteWhatCantBeRead() throws {
    var node: JSONNode = 1
    for _ in 0..<64 { node = [["a": node]] }
    #expect(try parse(node.text()) == node)
    let error = #expect(throws: Diagnostics.self) { try JSONNode([node]).text() }
    #expect(
      error?.description.hasSuffix(".0: nested deeper than 128 levels; flatten the value") == true)
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
