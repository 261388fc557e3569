extension JSONParser {
  /// Moves past a number.
  mutating func number() throws(Diagnostics) -> JSONNumber {
    let start = position
    let place = location
    let isNegative = take("-")
    if take("0") {
      if isAtDigit { throw error("a number has no leading zeros; remove them", at: place) }
    } else {
      try digits(after: "the minus sign")
    }
    var isInteger = true
    if take(".") {
      isInteger = false
      try digits(after: "the decimal point")
    }
    if take("e") || take("E") {
      isInteger = false
      _ = take("+") || take("-")
      try digits(after: "the exponent's sign or letter")
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let integer = Int64(text), !(isNegative && integer == 0) {
      return .integer(integer)
    }
    guard let real = Double(text), real.isFinite else {
      throw error(
        "number out of range; the largest is \(Double.greatestFiniteMagnitude) in magnitude",
        at: place)
    }
    return .real(real)
  }

  /// Moves past one digit or more.
  private mutating func digits(after predecessor: String) throws(Diagnostics) {
    guard isAtDigit else { throw unexpected("a digit after \(predecessor)") }
    while isAtDigit { position += 1 }
  }

  var isAtDigit: Bool {
    guard let next else { return false }
    return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next)
  }
}
