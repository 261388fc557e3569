import Foundation

extension BinaryFloatingPoint {
  /// The number with at most `digits` significant digits (1 to 17), the same in every locale.
  ///
  /// Zeros at the end are dropped. Scientific form, such as `1.5e-07`, where the number is less than
  /// 0.0001 or doesn't fit the digits. Zero is `0` whatever its sign; the rest is `nan`, `inf` and
  /// `-inf`.
  public func formatted(significant digits: Int) -> String {
    if isNaN { return "nan" }
    if isInfinite { return self < 0 ? "-inf" : "inf" }
    if isZero { return "0" }
    return String(format: "%.\(min(max(digits, 1), 17))g", Double(self))
  }
}

extension BinaryInteger {
  /// The number with commas between thousands, the same in every locale: `1,234,567`.
  public var grouped: String {
    var text = ""
    for (index, digit) in String(magnitude).reversed().enumerated() {
      if index > 0, index.isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return (self < 0 ? "-" : "") + String(text.reversed())
  }
}
