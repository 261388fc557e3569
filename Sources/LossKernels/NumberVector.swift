import VectorArithmetic

/// Neighbouring elements of an array side by side, which formulas are evaluated on at once.
public protocol NumberVector: FloatingPointLanes {
  /// The type of the elements.
  associatedtype Number

  /// How many elements there are.
  static var count: Int { get }

  /// The elements from `start` on, which need not be aligned.
  init(at start: UnsafePointer<Number>)

  /// Writes the elements from `start` on, which need not be aligned.
  func store(at start: UnsafeMutablePointer<Number>)

  /// The whole numbers from `start` on, each rounded to the format.
  init(wholeNumbers start: UnsafePointer<Int32>)

  /// The element in a lane.
  subscript(lane: Int) -> Number { get set }

  /// `number` in all lanes.
  init(repeating number: Number)

  /// The elements at `start` and at each multiple of `stride` from there.
  init(at start: UnsafePointer<Number>, stride: Int)

  /// Writes the elements at `start` and at each multiple of `stride` from there.
  func store(at start: UnsafeMutablePointer<Number>, stride: Int)

  /// The elements four by four, at `start` and at each multiple of `stride` from there.
  init(foursAt start: UnsafePointer<Number>, stride: Int)

  /// Writes the elements four by four, at `start` and at each multiple of `stride` from there.
  func storeFours(at start: UnsafeMutablePointer<Number>, stride: Int)

  /// The even and the odd ones of the elements of two vectors, `low` before `high`.
  static func pairs(_ low: Self, _ high: Self) -> (even: Self, odd: Self)

  /// One element of `even`, one of `odd`, and so on.
  static func alternating(_ even: Self, _ odd: Self) -> (low: Self, high: Self)

  /// The lanes from the one numbered `first` on.
  static func lanes(from first: Int) -> Mask

  /// The lanes combined to one number: n with n + count/2, then halves of what is left.
  func reduced(_ combine: (Self, Self) -> Self) -> Number

  /// ``reduced(_:)`` of as many vectors as there are lanes, one a lane, from the `count` · `count`
  /// numbers at `start`, which are overwritten.
  static func reduced(
    _ start: UnsafeMutablePointer<Number>, _ combine: (Self, Self) -> Self
  ) -> Self

  /// Adds each element to a lane of `sum`.
  func add(to sum: inout LaneSum)
}

extension NumberVector {
  /// The even and the odd ones of twice as many elements from `start` on.
  @inlinable @inline(__always)
  public static func pairs(at start: UnsafePointer<Number>) -> (even: Self, odd: Self) {
    pairs(Self(at: start), Self(at: start + count))
  }

  /// Writes twice as many elements from `start` on: one of `even`, one of `odd`, and so on.
  @inlinable @inline(__always)
  public static func store(even: Self, odd: Self, at start: UnsafeMutablePointer<Number>) {
    let (low, high) = alternating(even, odd)
    low.store(at: start)
    high.store(at: start + count)
  }

  /// Four columns of as many rows as there are lanes, of which each row's four elements lie side by side, `stride`
  /// from one row to the next.
  @inlinable @inline(__always)
  static func columns(
    at start: UnsafePointer<Number>, stride: Int
  ) -> (Self, Self, Self, Self) {
    let step = count / 4 &* stride
    let low = pairs(
      Self(foursAt: start, stride: stride), Self(foursAt: start + step, stride: stride))
    let high = pairs(
      Self(foursAt: start + 2 &* step, stride: stride),
      Self(foursAt: start + 3 &* step, stride: stride))
    let (first, third) = pairs(low.even, high.even)
    let (second, fourth) = pairs(low.odd, high.odd)
    return (first, second, third, fourth)
  }

  /// Reads rows of `width` elements, one a lane, from `start` on, and writes a vector a column to `columns`.
  @inlinable @inline(__always)
  static func loadColumns(
    _ width: Int, at start: UnsafePointer<Number>, to columns: UnsafeMutablePointer<Number>
  ) {
    var column = 0
    while column &+ 4 <= width {
      let four = Self.columns(at: start + column, stride: width)
      let target = columns + column &* count
      four.0.store(at: target)
      four.1.store(at: target + count)
      four.2.store(at: target + 2 &* count)
      four.3.store(at: target + 3 &* count)
      column &+= 4
    }
    while column < width {
      Self(at: start + column, stride: width).store(at: columns + column &* count)
      column &+= 1
    }
  }

  /// Writes the columns that ``loadColumns(_:at:to:)`` has read back as rows.
  @inlinable @inline(__always)
  static func storeColumns(
    _ width: Int, of columns: UnsafePointer<Number>, at start: UnsafeMutablePointer<Number>
  ) {
    func column(_ index: Int) -> Self { Self(at: columns + index &* count) }
    var index = 0
    while index &+ 4 <= width {
      store(
        columns: (column(index), column(index &+ 1), column(index &+ 2), column(index &+ 3)),
        at: start + index, stride: width)
      index &+= 4
    }
    while index < width {
      column(index).store(at: start + index, stride: width)
      index &+= 1
    }
  }

  /// Writes four columns so that each row's four elements lie side by side, `stride` from one row to the next.
  @inlinable @inline(__always)
  static func store(
    columns: (Self, Self, Self, Self), at start: UnsafeMutablePointer<Number>, stride: Int
  ) {
    let step = count / 4 &* stride
    let even = alternating(columns.0, columns.2)
    let odd = alternating(columns.1, columns.3)
    let low = alternating(even.low, odd.low)
    let high = alternating(even.high, odd.high)
    low.low.storeFours(at: start, stride: stride)
    low.high.storeFours(at: start + step, stride: stride)
    high.low.storeFours(at: start + 2 &* step, stride: stride)
    high.high.storeFours(at: start + 3 &* step, stride: stride)
  }
}

/// Sums in Double, a lane each, which are added up in a fixed order at the end.
public struct LaneSum: Sendable {
  @usableFromInline
  var low: DoubleVector = 0
  @usableFromInline
  var high: DoubleVector = 0

  /// A sum of nothing.
  @inlinable @inline(__always)
  public init() {}

  /// The sum of all lanes.
  @inlinable @inline(__always)
  public var total: Double {
    let lanes = (low + high).lanes
    return ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5]))
      + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]))
  }
}

extension FloatVector: NumberVector {
  /// The sixteen whole numbers from `start` on.
  @inlinable @inline(__always)
  public init(wholeNumbers start: UnsafePointer<Int32>) {
    self.init(float_x16_from_int(UnsafeRawPointer(start).loadUnaligned(as: SIMD16<Int32>.self)))
  }

  /// The number in a lane.
  @inlinable @inline(__always)
  public subscript(lane: Int) -> Float {
    get { lanes[lane] }
    set { lanes[lane] = newValue }
  }

  /// Sixteen.
  @inlinable @inline(__always)
  public static var count: Int { 16 }

  /// The sixteen elements from `start` on.
  @inlinable @inline(__always)
  public init(at start: UnsafePointer<Float>) {
    self.init(UnsafeRawPointer(start).loadUnaligned(as: SIMD16<Float>.self))
  }

  /// Writes the sixteen elements from `start` on.
  @inlinable @inline(__always)
  public func store(at start: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(start).storeBytes(of: lanes, as: SIMD16<Float>.self)
  }

  /// `number` in all lanes.
  @inlinable @inline(__always)
  public init(repeating number: Float) { lanes = SIMD16(repeating: number) }

  /// The sixteen elements at `start` and at each multiple of `stride` from there.
  @inlinable @inline(__always)
  public init(at start: UnsafePointer<Float>, stride: Int) {
    var lanes = SIMD16<Float>()
    for lane in 0..<16 { lanes[lane] = start[lane &* stride] }
    self.init(lanes)
  }

  /// Writes the sixteen elements at `start` and at each multiple of `stride` from there.
  @inlinable @inline(__always)
  public func store(at start: UnsafeMutablePointer<Float>, stride: Int) {
    for lane in 0..<16 { start[lane &* stride] = lanes[lane] }
  }

  /// The sixteen elements four by four, at `start` and at each multiple of `stride` from there.
  @inlinable @inline(__always)
  public init(foursAt start: UnsafePointer<Float>, stride: Int) {
    func four(_ index: Int) -> SIMD4<Float> {
      UnsafeRawPointer(start + index &* stride).loadUnaligned(as: SIMD4<Float>.self)
    }
    self.init(
      SIMD16(
        lowHalf: SIMD8(lowHalf: four(0), highHalf: four(1)),
        highHalf: SIMD8(lowHalf: four(2), highHalf: four(3))))
  }

  /// Writes the sixteen elements four by four, at `start` and at each multiple of `stride` from there.
  @inlinable @inline(__always)
  public func storeFours(at start: UnsafeMutablePointer<Float>, stride: Int) {
    func store(_ four: SIMD4<Float>, _ index: Int) {
      UnsafeMutableRawPointer(start + index &* stride).storeBytes(of: four, as: SIMD4<Float>.self)
    }
    store(lanes.lowHalf.lowHalf, 0)
    store(lanes.lowHalf.highHalf, 1)
    store(lanes.highHalf.lowHalf, 2)
    store(lanes.highHalf.highHalf, 3)
  }

  /// The even and the odd ones of 32 elements.
  @inlinable @inline(__always)
  public static func pairs(_ low: Self, _ high: Self) -> (even: Self, odd: Self) {
    (Self(float_x16_even(low.lanes, high.lanes)), Self(float_x16_odd(low.lanes, high.lanes)))
  }

  /// 32 elements: one of `even`, one of `odd`, and so on.
  @inlinable @inline(__always)
  public static func alternating(_ even: Self, _ odd: Self) -> (low: Self, high: Self) {
    (
      Self(float_x16_interleave_low(even.lanes, odd.lanes)),
      Self(float_x16_interleave_high(even.lanes, odd.lanes))
    )
  }

  /// The lanes from the one numbered `first` on.
  @inlinable @inline(__always)
  public static func lanes(from first: Int) -> Mask {
    var numbers = SIMD16<Float>()
    for lane in 0..<16 { numbers[lane] = Float(lane) }
    return Self(numbers) >= Self(SIMD16(repeating: Float(first)))
  }

  /// The lanes combined: n with n + 8, n + 4, n + 2 and n + 1.
  @inlinable @inline(__always)
  public func reduced(_ combine: (Self, Self) -> Self) -> Float {
    var result = combine(self, Self(float_x16_rotate_8(lanes)))
    result = combine(result, Self(float_x16_rotate_4(result.lanes)))
    result = combine(result, Self(float_x16_rotate_2(result.lanes)))
    result = combine(result, Self(float_x16_rotate_1(result.lanes)))
    return result.lanes[0]
  }

  /// Sixteen reductions at once: a tree whose every step combines the halves of two vectors in one.
  @inlinable @inline(__always)
  public static func reduced(
    _ start: UnsafeMutablePointer<Float>, _ combine: (Self, Self) -> Self
  ) -> Self {
    var vector = 0
    while vector < 8 {
      let a = Self(at: start + 16 &* vector).lanes
      let b = Self(at: start + 16 &* (vector &+ 8)).lanes
      combine(Self(float_x16_low_8(a, b)), Self(float_x16_high_8(a, b)))
        .store(at: start + 16 &* vector)
      vector &+= 1
    }
    vector = 0
    while vector < 4 {
      let a = Self(at: start + 16 &* vector).lanes
      let b = Self(at: start + 16 &* (vector &+ 4)).lanes
      combine(Self(float_x16_low_4(a, b)), Self(float_x16_high_4(a, b)))
        .store(at: start + 16 &* vector)
      vector &+= 1
    }
    let (a, b) = (Self(at: start).lanes, Self(at: start + 16).lanes)
    let (c, d) = (Self(at: start + 32).lanes, Self(at: start + 48).lanes)
    let even = combine(Self(float_x16_low_2(a, c)), Self(float_x16_high_2(a, c))).lanes
    let odd = combine(Self(float_x16_low_2(b, d)), Self(float_x16_high_2(b, d))).lanes
    return combine(Self(float_x16_low_1(even, odd)), Self(float_x16_high_1(even, odd)))
  }

  /// Adds elements n and n + 8 to lane n.
  @inlinable @inline(__always)
  public func add(to sum: inout LaneSum) {
    sum.low = sum.low + DoubleVector(lanes.lowHalf)
    sum.high = sum.high + DoubleVector(lanes.highHalf)
  }
}

extension DoubleVector: NumberVector {
  /// The eight whole numbers from `start` on.
  @inlinable @inline(__always)
  public init(wholeNumbers start: UnsafePointer<Int32>) {
    self.init(double_x8_from_int(UnsafeRawPointer(start).loadUnaligned(as: SIMD8<Int32>.self)))
  }

  /// The number in a lane.
  @inlinable @inline(__always)
  public subscript(lane: Int) -> Double {
    get { lanes[lane] }
    set { lanes[lane] = newValue }
  }

  /// Eight.
  @inlinable @inline(__always)
  public static var count: Int { 8 }

  /// The eight elements from `start` on.
  @inlinable @inline(__always)
  public init(at start: UnsafePointer<Double>) {
    self.init(UnsafeRawPointer(start).loadUnaligned(as: SIMD8<Double>.self))
  }

  /// Writes the eight elements from `start` on.
  @inlinable @inline(__always)
  public func store(at start: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(start).storeBytes(of: lanes, as: SIMD8<Double>.self)
  }

  /// `number` in all lanes.
  @inlinable @inline(__always)
  public init(repeating number: Double) { lanes = SIMD8(repeating: number) }

  /// The eight elements at `start` and at each multiple of `stride` from there.
  @inlinable @inline(__always)
  public init(at start: UnsafePointer<Double>, stride: Int) {
    var lanes = SIMD8<Double>()
    for lane in 0..<8 { lanes[lane] = start[lane &* stride] }
    self.init(lanes)
  }

  /// Writes the eight elements at `start` and at each multiple of `stride` from there.
  @inlinable @inline(__always)
  public func store(at start: UnsafeMutablePointer<Double>, stride: Int) {
    for lane in 0..<8 { start[lane &* stride] = lanes[lane] }
  }

  /// The eight elements four by four, at `start` and at each multiple of `stride` from there.
  @inlinable @inline(__always)
  public init(foursAt start: UnsafePointer<Double>, stride: Int) {
    func four(_ index: Int) -> SIMD4<Double> {
      UnsafeRawPointer(start + index &* stride).loadUnaligned(as: SIMD4<Double>.self)
    }
    self.init(SIMD8(lowHalf: four(0), highHalf: four(1)))
  }

  /// Writes the eight elements four by four, at `start` and at each multiple of `stride` from there.
  @inlinable @inline(__always)
  public func storeFours(at start: UnsafeMutablePointer<Double>, stride: Int) {
    func store(_ four: SIMD4<Double>, _ index: Int) {
      UnsafeMutableRawPointer(start + index &* stride).storeBytes(of: four, as: SIMD4<Double>.self)
    }
    store(lanes.lowHalf, 0)
    store(lanes.highHalf, 1)
  }

  /// The even and the odd ones of 16 elements.
  @inlinable @inline(__always)
  public static func pairs(_ low: Self, _ high: Self) -> (even: Self, odd: Self) {
    (Self(double_x8_even(low.lanes, high.lanes)), Self(double_x8_odd(low.lanes, high.lanes)))
  }

  /// 16 elements: one of `even`, one of `odd`, and so on.
  @inlinable @inline(__always)
  public static func alternating(_ even: Self, _ odd: Self) -> (low: Self, high: Self) {
    (
      Self(double_x8_interleave_low(even.lanes, odd.lanes)),
      Self(double_x8_interleave_high(even.lanes, odd.lanes))
    )
  }

  /// The lanes from the one numbered `first` on.
  @inlinable @inline(__always)
  public static func lanes(from first: Int) -> Mask {
    var numbers = SIMD8<Double>()
    for lane in 0..<8 { numbers[lane] = Double(lane) }
    return Self(numbers) >= Self(SIMD8(repeating: Double(first)))
  }

  /// The lanes combined: n with n + 4, n + 2 and n + 1.
  @inlinable @inline(__always)
  public func reduced(_ combine: (Self, Self) -> Self) -> Double {
    var result = combine(self, Self(double_x8_rotate_4(lanes)))
    result = combine(result, Self(double_x8_rotate_2(result.lanes)))
    result = combine(result, Self(double_x8_rotate_1(result.lanes)))
    return result.lanes[0]
  }

  /// Eight reductions, one after the other.
  @inlinable @inline(__always)
  public static func reduced(
    _ start: UnsafeMutablePointer<Double>, _ combine: (Self, Self) -> Self
  ) -> Self {
    var result: Self = 0
    var lane = 0
    while lane < 8 {
      result[lane] = Self(at: start + 8 &* lane).reduced(combine)
      lane &+= 1
    }
    return result
  }

  /// Adds element n to lane n.
  @inlinable @inline(__always)
  public func add(to sum: inout LaneSum) { sum.low = sum.low + self }
}
