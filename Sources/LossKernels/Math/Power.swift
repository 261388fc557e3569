extension FloatingPointLanes where Format == DoublePrecision<Self> {
  /// The power xʸ of a base x ≥ 0; NaN below 0. 1 where x is 1 or y is 0, as in C.
  ///
  /// y log x has no more bits than the format, so that the error grows with it: the result is within
  /// 2 + 2 |y log x| units in the last place. That leaves `Float`'s power, which goes through this
  /// one, all the bits it needs.
  @inlinable @inline(__always)
  public static func pow(_ x: Self, _ y: Self) -> Self {
    let isOne = ((x >= 1) & (x <= 1)) | ((y >= 0) & (y <= 0))
    return select(isOne, 1, else: exp(y * log(x)))
  }
}
