/// A word, number or sign of a formula's text.
struct FormulaToken: Equatable, Sendable {
  enum Kind: Equatable, Sendable {
    case number(Double)
    case name(String)
    /// An operator, bracket or comma.
    case sign(String)
    case end
  }

  let kind: Kind
  /// Where it stands, in Unicode scalars.
  let range: Range<Int>
}

/// A text that isn't one of tokens: where, and why.
struct FormulaTokenError: Error {
  let range: Range<Int>
  let problem: String
}

extension FormulaToken {
  /// What other languages and typography write, and what is meant.
  private static let meant = [
    "**": "^", "&&": "and", "&": "and", "||": "or", "|": "or", "!": "not", "=": "==", "×": "*",
    "·": "*",
    "−": "-", "–": "-", "÷": "/", "≤": "<=", "≥": ">=", "≠": "!=", "²": "^2", "³": "^3",
    "√": "sqrt()",
    "π": "pi", "?": "select(condition, a, b)", "[": "(", "]": ")", "{": "(", "}": ")",
  ]

  /// The tokens of a text, with one for its end.
  static func all(of scalars: [Unicode.Scalar]) throws(FormulaTokenError) -> [FormulaToken] {
    var tokens: [FormulaToken] = []
    var position = 0
    while position < scalars.count {
      let start = position
      let scalar = scalars[position]
      if [" ", "\t", "\n", "\r"].contains(scalar) {
        position += 1
      } else if scalar.isDigit
        || (scalar == "." && position + 1 < scalars.count && scalars[position + 1].isDigit)
      {
        position = endOfNumber(scalars, from: position)
        let text = string(scalars[start..<position])
        guard let number = Double(text), number.isFinite else {
          throw FormulaTokenError(range: start..<position, problem: "\(text) isn't a finite number")
        }
        tokens.append(FormulaToken(kind: .number(number), range: start..<position))
      } else if scalar.startsName {
        // A dot belongs to a name where one follows: t.x1.
        while position < scalars.count,
          scalars[position].startsName || scalars[position].isDigit
            || (scalars[position] == "." && position + 1 < scalars.count
              && scalars[position + 1].startsName)
        {
          position += 1
        }
        let name = string(scalars[start..<position])
        let isWord = ["and", "or", "not"].contains(name)
        tokens.append(
          FormulaToken(kind: isWord ? .sign(name) : .name(name), range: start..<position))
      } else {
        let two = string(scalars[position..<min(position + 2, scalars.count)])
        let one = String(scalar)
        if ["<=", ">=", "==", "!="].contains(two) {
          position += 2
          tokens.append(FormulaToken(kind: .sign(two), range: start..<position))
        } else if let instead = meant[two] {
          throw FormulaTokenError(
            range: start..<start + two.unicodeScalars.count,
            problem: "\(two) isn't an operator here; write \(instead)")
        } else if "+-*/^()<>,".unicodeScalars.contains(scalar) {
          position += 1
          tokens.append(FormulaToken(kind: .sign(one), range: start..<position))
        } else {
          let hint = meant[one].map { "; write \($0)" } ?? ""
          throw FormulaTokenError(
            range: start..<start + 1,
            problem: "the character \(one.debugDescription) has no meaning in a formula\(hint)")
        }
      }
    }
    tokens.append(FormulaToken(kind: .end, range: scalars.count..<scalars.count))
    return tokens
  }

  /// The end of digits, with a fraction and an exponent.
  private static func endOfNumber(_ scalars: [Unicode.Scalar], from start: Int) -> Int {
    var position = start
    func skipDigits() {
      while position < scalars.count, scalars[position].isDigit { position += 1 }
    }
    skipDigits()
    if position < scalars.count, scalars[position] == "." {
      position += 1
      skipDigits()
    }
    if position < scalars.count, scalars[position] == "e" || scalars[position] == "E" {
      var next = position + 1
      if next < scalars.count, scalars[next] == "+" || scalars[next] == "-" { next += 1 }
      if next < scalars.count, scalars[next].isDigit {
        position = next
        skipDigits()
      }
    }
    return position
  }

  private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }
}

extension Unicode.Scalar {
  fileprivate var isDigit: Bool { ("0"..."9").contains(self) }

  fileprivate var startsName: Bool {
    ("a"..."z").contains(self) || ("A"..."Z").contains(self) || self == "_"
  }
}
