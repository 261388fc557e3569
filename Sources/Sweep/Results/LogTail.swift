import Foundation

/// The end of a log.
enum LogTail {
  /// The last lines of the file at `path` that aren't blank, without what steers a terminal; at most
  /// `count`, each cut to a readable length.
  static func lines(of path: String, count: Int) -> [String] {
    guard FoundFile(path) != nil, let file = FileHandle(forReadingAtPath: path) else { return [] }
    defer { try? file.close() }
    let end = (try? file.seekToEnd()) ?? 0
    let length: UInt64 = 16_384
    try? file.seek(toOffset: end > length ? end - length : 0)
    let text = String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
    return text.split(whereSeparator: \.isNewline)
      .map { line in
        let visible = line.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
        return String(String.UnicodeScalarView(visible.prefix(300)))
      }
      .filter { !$0.allSatisfy(\.isWhitespace) }
      .suffix(count)
  }
}
