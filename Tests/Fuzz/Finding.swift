import CommandLineKit

/// A rule that is broken.
struct Finding: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// Makes sure of a rule.
func require(_ isSo: Bool, _ rule: @autoclosure () -> String) throws(Finding) {
  if !isSo { throw Finding(rule()) }
}

/// What `body` returns, or nothing where it throws what `input` is told by, of which this makes sure that
/// it is fit to be shown.
func attempt<Value, Failure: Error>(
  _ input: [UInt8], _ body: () throws(Failure) -> Value
) throws(Finding) -> Value? {
  let message: String
  do throws(Failure) { return try body() } catch { message = "\(error)" }
  try requireShort(message, of: input)
  try requireVisible(("\(message)" as TerminalText).description)
  return nil
}

/// Makes sure that no line of a message is much longer than what it is about.
func requireShort(_ message: String, of input: [UInt8]) throws(Finding) {
  let longest = 4096 + 8 * input.count
  for line in message.utf8.split(separator: UInt8(ascii: "\n")) where line.count > longest {
    throw Finding(
      "a line of \(line.count) bytes: \(String(decoding: line.prefix(200), as: UTF8.self))")
  }
}

/// Makes sure that what is shown doesn't steer a terminal.
func requireVisible(_ text: String) throws(Finding) {
  if let scalar = text.unicodeScalars.first(where: \.steersTerminal) {
    let code = String(scalar.value, radix: 16, uppercase: true)
    throw Finding("U+\(code) is shown: \(text.prefix(500).debugDescription)")
  }
}

extension Unicode.Scalar {
  /// Whether it is a control character other than a line's end, or turns the direction of writing.
  fileprivate var steersTerminal: Bool {
    switch value {
    case 0x0A: false
    case 0..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
