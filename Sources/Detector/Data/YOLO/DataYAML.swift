import Foundation
import StrictJSON

/// The forms of YAML that data files of YOLO use: a key a line, and behind it a text, a list, or names under
/// numbers, in brackets or on indented lines. Whatever else the file holds is left alone.
struct DataYAML {
  /// What stands in a list, and the number before it if it has one.
  private typealias Entry = (number: Int?, text: String)

  private var texts: [String: String] = [:]
  private var lists: [String: [Entry]] = [:]

  init(_ bytes: [UInt8]) {
    var key = ""
    var brackets: String?
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      let text = Self.withoutComment(line)
      let content = text.trimmingCharacters(in: .whitespaces)
      if content.isEmpty || content == "---" { continue }
      if let open = brackets {
        brackets = add(open + " " + content, to: key)
      } else if text.first?.isWhitespace != true, !content.hasPrefix("-"),
        let (name, value) = Self.member(content)
      {
        key = name
        brackets = add(value, to: key)
      } else {
        let entry: Entry =
          content.hasPrefix("- ") ? (nil, String(content.dropFirst(2))) : Self.entry(content)
        lists[key, default: []].append((entry.number, Self.unquoted(entry.text)))
      }
    }
  }

  /// The text behind a key.
  func text(_ key: String) -> String? { texts[key] }

  /// The list behind a key, by its numbers if it has some; a text stands for a list of one. `nil` if there is no
  /// such key, or the numbers don't count from 0.
  func list(_ key: String) -> [String]? {
    guard let entries = lists[key] else { return texts[key].map { [$0] } }
    let numbers = entries.compactMap(\.number)
    if numbers.isEmpty { return entries.map(\.text) }
    guard numbers.sorted() == Array(0..<entries.count) else { return nil }
    return entries.sorted { ($0.number ?? 0) < ($1.number ?? 0) }.map(\.text)
  }

  /// Adds a value; what there is of it while its bracket is open.
  private mutating func add(_ value: String, to key: String) -> String? {
    guard let first = value.first, first == "[" || first == "{" else {
      if !value.isEmpty { texts[key] = Self.unquoted(value) }
      return nil
    }
    guard value.hasSuffix(first == "[" ? "]" : "}") else { return value }
    lists[key] = Self.parts(value.dropFirst().dropLast()).map { part in
      let entry: Entry = first == "{" ? Self.entry(part) : (nil, part)
      return (entry.number, Self.unquoted(entry.text))
    }
    return nil
  }

  /// A number and what stands behind it.
  private static func entry(_ text: String) -> Entry {
    guard let (key, value) = member(text), let number = Int(key) else { return (nil, text) }
    return (number, value)
  }

  /// A key and its value.
  private static func member(_ text: String) -> (key: String, value: String)? {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    return (
      unquoted(String(text[..<colon])),
      text[text.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    )
  }

  /// The parts between commas that aren't in quotes.
  private static func parts(_ text: Substring) -> [String] {
    var parts = [""]
    var quote: Character?
    for character in text {
      if character == quote {
        quote = nil
      } else if quote == nil, "'\"".contains(character) {
        quote = character
      }
      if character == ",", quote == nil {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    return parts.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }

  private static func withoutComment(_ line: Substring) -> Substring {
    var quote: Character?
    var before: Character = " "
    for index in line.indices {
      let character = line[index]
      if character == quote {
        quote = nil
      } else if quote == nil, "'\"".contains(character), !before.isLetter {
        quote = character
      }
      if character == "#", quote == nil, before.isWhitespace { return line[..<index] }
      before = character
    }
    return line
  }

  private static func unquoted(_ text: String) -> String {
    let text = text.trimmingCharacters(in: .whitespaces)
    guard text.count >= 2, let first = text.first, first == text.last, "'\"".contains(first) else {
      return text
    }
    return String(text.dropFirst().dropLast())
  }
}
