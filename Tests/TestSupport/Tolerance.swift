/// How far a number may be from the expected one.
public struct Tolerance: Sendable {
  /// The distance allowed, relative to the expected number.
  public var relative: Double
  /// The distance allowed, relative to the largest expected magnitude of the row.
  public var ofRow = 0.0
  /// The distance allowed in any case.
  public var absolute = 0.0

  /// A tolerance; what isn't given is 0.
  public init(relative: Double, ofRow: Double = 0, absolute: Double = 0) {
    self.relative = relative
    self.ofRow = ofRow
    self.absolute = absolute
  }

  /// Describes the numbers that are too far from the expected ones, or aren't numbers.
  public func mismatches(
    _ name: String, _ found: [Double], _ expected: [Double], width: Int = 1
  ) -> [String] {
    guard found.count == expected.count else {
      return ["\(name) has \(found.count) elements; expected \(expected.count)"]
    }
    return expected.indices.compactMap { index in
      let row = index / width
      let largest =
        ofRow == 0 ? 0 : expected[row * width..<(row + 1) * width].reduce(0) { max($0, abs($1)) }
      let allowed = relative * abs(expected[index]) + ofRow * largest + absolute
      let distance = abs(found[index] - expected[index])
      // Written so that NaN is a mismatch.
      if distance <= allowed { return nil }
      return "\(name)[\(row), \(index % width)] is \(found[index]); expected \(expected[index]), "
        + "relative distance \(distance / abs(expected[index]))"
    }
  }
}
