/// The derivatives of a number by up to four variables.
///
/// `nil` stands for a derivative that is 0 whatever the variables are. Which ones those are is written
/// in the formula, so that the compiler leaves out what would be multiplied by them; and 0 · ∞ doesn't
/// come up where there is nothing to multiply.
public struct Derivatives<Value: FormulaValue>: Sendable {
  /// By the first variable.
  public var first: Value?
  /// By the second variable.
  public var second: Value?
  /// By the third variable.
  public var third: Value?
  /// By the fourth variable.
  public var fourth: Value?

  /// Derivatives by four variables; what isn't given is `nil`.
  @inlinable @inline(__always)
  public init(
    first: Value? = nil, second: Value? = nil, third: Value? = nil, fourth: Value? = nil
  ) {
    self.first = first
    self.second = second
    self.third = third
    self.fourth = fourth
  }

  /// All four in order.
  public var all: [Value?] { [first, second, third, fourth] }

  /// What `transform` makes of each derivative that isn't `nil`.
  @inlinable @inline(__always)
  func map(_ transform: (Value) -> Value) -> Derivatives {
    Derivatives(
      first: Self.map(first, transform), second: Self.map(second, transform),
      third: Self.map(third, transform), fourth: Self.map(fourth, transform))
  }

  /// What each pair of derivatives makes: by `both`, or where one of them is `nil`, by `left` or
  /// `right`.
  @inlinable @inline(__always)
  func merged(
    _ other: Derivatives, both: (Value, Value) -> Value, left: (Value) -> Value,
    right: (Value) -> Value
  ) -> Derivatives {
    Derivatives(
      first: Self.merge(first, other.first, both, left, right),
      second: Self.merge(second, other.second, both, left, right),
      third: Self.merge(third, other.third, both, left, right),
      fourth: Self.merge(fourth, other.fourth, both, left, right))
  }

  @inlinable @inline(__always)
  static func map(_ derivative: Value?, _ transform: (Value) -> Value) -> Value? {
    guard let derivative else { return nil }
    return transform(derivative)
  }

  @inlinable @inline(__always)
  static func merge(
    _ x: Value?, _ y: Value?, _ both: (Value, Value) -> Value, _ left: (Value) -> Value,
    _ right: (Value) -> Value
  ) -> Value? {
    switch (x, y) {
    case (let x?, let y?): both(x, y)
    case (let x?, nil): left(x)
    case (nil, let y?): right(y)
    case (nil, nil): nil
    }
  }
}
