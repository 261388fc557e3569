/// What a comparison of ``FormulaValue``s results in: one truth value, or one a lane.
public protocol FormulaMask: Sendable {
  /// Whether both hold.
  static func & (left: Self, right: Self) -> Self
  /// Whether one of them holds, or both.
  static func | (left: Self, right: Self) -> Self
  /// Whether it doesn't hold.
  static prefix func ! (mask: Self) -> Self
}

extension Bool: FormulaMask {
  /// Whether both hold.
  @inlinable @inline(__always)
  public static func & (left: Bool, right: Bool) -> Bool { left && right }

  /// Whether one of them holds, or both.
  @inlinable @inline(__always)
  public static func | (left: Bool, right: Bool) -> Bool { left || right }
}
