/// `words` on lines of at most `width` characters; a longer word has a line of its own.
func filled(_ words: [String], width: Int) -> [String] {
  var lines: [String] = []
  for word in words {
    if let line = lines.last, line.count + 1 + word.count <= width {
      lines[lines.count - 1] = "\(line) \(word)"
    } else {
      lines.append(word)
    }
  }
  return lines
}

/// The lines of `text`, its paragraphs filled to `width`. Lines that begin with a space stay as they
/// are, so that a text can hold a small listing.
func wrapped(_ text: String, width: Int) -> [String] {
  guard !text.isEmpty else { return [] }
  var lines: [String] = []
  var words: [String] = []
  for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
    if line.isEmpty || line.hasPrefix(" ") {
      lines += filled(words, width: width) + [String(line)]
      words = []
    } else {
      words += line.split(separator: " ").map(String.init)
    }
  }
  return lines + filled(words, width: width)
}

/// A run of spaces; none for a negative count.
func spaces(_ count: Int) -> String {
  String(repeating: " ", count: max(0, count))
}
