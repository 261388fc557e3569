/// A JSON number, which remembers whether it was written as an integer.
///
/// `1` and `1.0` are different numbers here, so that a count can refuse to be `1.5` or `1.0` while a
/// weight takes either.
public enum JSONNumber: Sendable, Equatable {
  /// A number without fraction and exponent that fits 64 bits.
  case integer(Int64)
  /// Any other number, rounded to the nearest Double; also `-0`, since an integer has no signed zero.
  case real(Double)

  /// The number as a Double, rounded to the nearest where an integer exceeds 2⁵³ in magnitude.
  public var double: Double {
    switch self {
    case .integer(let integer): Double(integer)
    case .real(let real): real
    }
  }
}
