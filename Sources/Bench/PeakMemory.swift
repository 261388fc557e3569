import Foundation

/// The most memory that this process has held at a time; known on Linux alone.
enum PeakMemory {
  /// Runs `body` and tells by how many bytes it raised the memory in use at most; `nil` if the
  /// system doesn't say.
  static func during<Result>(
    _ body: () throws -> Result
  ) rethrows -> (result: Result, bytes: Int?) {
    let before = reset()
    let result = try body()
    guard let before, let peak = status("VmHWM") else { return (result, nil) }
    return (result, max(0, peak - before))
  }

  /// Begins a new peak at the memory now in use, which it answers.
  private static func reset() -> Int? {
    // What was freed must not hide what is taken next.
    Allocator.releaseFreedMemory()
    guard let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs"),
      (try? file.write(contentsOf: Data("5".utf8))) != nil
    else { return nil }
    try? file.close()
    return status("VmRSS")
  }

  /// A quantity in /proc/self/status, in bytes.
  private static func status(_ key: String) -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else {
      return nil
    }
    let line = text.split(separator: "\n").first { $0.hasPrefix("\(key):") }
    let words = line?.split(whereSeparator: \.isWhitespace) ?? []
    return words.count == 3 ? Int(words[1]).map { $0 * 1024 } : nil
  }
}
