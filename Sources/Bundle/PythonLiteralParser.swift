/// A reader of the few Python literals that the header of a npy file is made of.
struct PythonLiteralParser {
  let text: [UInt8]
  private var position = 0

  init(text: [UInt8]) {
    self.text = text
  }

  /// Steps over `character` and the space before it, if that is what comes next.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < text.count, UInt32(text[position]) == character.value else { return false }
    position += 1
    return true
  }

  /// Steps over `character`, which must come next.
  mutating func expect(_ character: Unicode.Scalar) throws(NpyHeader.Problem) {
    if !take(character) { throw expected("\"\(character)\"") }
  }

  /// Makes sure that nothing but space follows.
  mutating func expectEnd() throws(NpyHeader.Problem) {
    skipSpace()
    if position < text.count { throw expected("its end") }
  }

  /// A string in single or double quotes.
  mutating func string() throws(NpyHeader.Problem) -> String {
    let quote: Unicode.Scalar = take("\"") ? "\"" : "'"
    if quote == "'" { try expect(quote) }
    let characters = text[position...].prefix { UInt32($0) != quote.value }
    position = characters.endIndex
    try expect(quote)
    return String(decoding: characters, as: UTF8.self)
  }

  /// `True` or `False`.
  mutating func truthValue() throws(NpyHeader.Problem) -> Bool {
    skipSpace()
    for (name, value) in [("True", true), ("False", false)]
    where text[position...].starts(with: name.utf8) {
      position += name.utf8.count
      return value
    }
    throw expected("True or False")
  }

  /// A tuple of integers from 0.
  mutating func integers() throws(NpyHeader.Problem) -> [Int] {
    var integers: [Int] = []
    try expect("(")
    while !take(")") {
      skipSpace()
      let digits = text[position...].prefix { (0x30...0x39).contains($0) }
      guard let integer = Int(String(decoding: digits, as: UTF8.self)) else {
        throw expected("a length from 0 to \(Int.max)")
      }
      position = digits.endIndex
      integers.append(integer)
      if !take(",") {
        try expect(")")
        break
      }
    }
    return integers
  }

  private mutating func skipSpace() {
    while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
  }

  private func expected(_ what: String) -> NpyHeader.Problem {
    NpyHeader.Problem(message: "the header should have \(what) at byte \(position) of its text")
  }
}
