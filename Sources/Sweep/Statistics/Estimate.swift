/// A mean, and how well a few values tell it.
public struct Estimate: Sendable, Equatable {
  /// How many values there are.
  public let count: Int
  /// Their mean.
  public let mean: Double
  /// Their standard deviation, that of a sample; `nil` for a single value.
  public let deviation: Double?

  /// The estimate from `values`; `nil` if there are none, or one isn't finite.
  public init?(_ values: [Double]) {
    guard !values.isEmpty, values.allSatisfy(\.isFinite) else { return nil }
    let mean = values.reduce(0, +) / Double(values.count)
    count = values.count
    self.mean = mean
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    deviation = count > 1 ? (squares / Double(count - 1)).squareRoot() : nil
  }

  /// The 95 % interval of the mean by Student's distribution; `nil` for fewer than three values: that of two
  /// is a dozen times as wide as they lie apart, and says nothing.
  public var interval: ClosedRange<Double>? {
    guard count > 2, let deviation, let student = StudentT(degreesOfFreedom: Double(count - 1))
    else {
      return nil
    }
    let half = student.quantile(twoSidedTail: 0.05) * deviation / Double(count).squareRoot()
    return half.isFinite ? mean - half...mean + half : nil
  }

  /// The probability of a mean this far from 0 or farther if the true one were 0: Student's test, on
  /// both sides. `nil` for a single value.
  public var pValue: Double? {
    guard let deviation, let student = StudentT(degreesOfFreedom: Double(count - 1)) else {
      return nil
    }
    // Values all alike: a difference that no seed moves, or none at all.
    if deviation == 0 { return mean == 0 ? 1 : 0 }
    return student.twoSidedTail(mean / (deviation / Double(count).squareRoot()))
  }
}
