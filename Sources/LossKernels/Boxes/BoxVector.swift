/// Sixteen boxes side by side, with their areas.
///
/// Arithmetic is that of single boxes, operation by operation, so that each lane has the bits that a
/// loop over boxes gives. The functions that use it are small and not inlined into one another: in
/// large ones the optimizer leaves comparisons of vectors as loops over their lanes.
struct BoxVector: Sendable {
  /// The number of boxes.
  static let count = 16

  private(set) var boxes: FormulaBox<FloatVector>
  private(set) var area: FloatVector

  /// The same box in all lanes.
  @inline(__always)
  init(repeating box: MeasuredBox) {
    boxes = FormulaBox(
      FloatVector(repeating: box.x1), FloatVector(repeating: box.y1),
      FloatVector(repeating: box.x2), FloatVector(repeating: box.y2))
    area = FloatVector(repeating: box.area)
  }

  /// Boxes that overlap nothing.
  init() { self.init(repeating: MeasuredBox()) }

  /// Puts a box into a lane, 0 ..< 16.
  @inline(__always)
  mutating func set(_ lane: Int, to box: MeasuredBox) {
    // Numbers are written where they lie: SIMD's subscript would read and write whole vectors.
    withUnsafeMutableBytes(of: &self) { bytes in
      let numbers = bytes.assumingMemoryBound(to: Float.self)
      numbers[lane] = box.x1
      numbers[Self.count + lane] = box.y1
      numbers[2 * Self.count + lane] = box.x2
      numbers[3 * Self.count + lane] = box.y2
      numbers[4 * Self.count + lane] = box.area
    }
  }

  /// The area that each box shares with its counterpart; 0 where they are apart.
  @inline(__always)
  func intersection(_ other: BoxVector, extent: Float) -> FloatVector {
    boxes.intersection(other.boxes, extent: FloatVector(repeating: extent))
  }

  /// Intersection over union of each box and its counterpart; 0 also where that is not a number.
  @inline(__always)
  func overlap(_ other: BoxVector, extent: Float) -> SIMD16<Float> {
    let shared = intersection(other, extent: extent)
    return FloatVector.max(0, shared / (area + other.area - shared)).lanes
  }
}

/// The greatest lanes of four fours; no lane may be NaN.
@inline(__always)
func greatestOfQuarters(_ lanes: SIMD16<Float>) -> SIMD4<Float> {
  let halves = lanes.lowHalf.replacing(
    with: lanes.highHalf, where: lanes.lowHalf .< lanes.highHalf)
  return halves.lowHalf.replacing(
    with: halves.highHalf, where: halves.lowHalf .< halves.highHalf)
}

/// A number whose lowest bits say in which lanes a condition holds.
@inline(__always)
func bits(_ mask: SIMDMask<SIMD16<Int32>>) -> Int32 {
  SIMD16<Int32>(repeating: 0).replacing(
    with: SIMD16(
      0x1, 0x2, 0x4, 0x8, 0x10, 0x20, 0x40, 0x80,
      0x100, 0x200, 0x400, 0x800, 0x1000, 0x2000, 0x4000, 0x8000),
    where: mask
  ).wrappedSum()
}

/// Calls `body` with the number of each bit that is set, in ascending order.
@inline(__always)
func forEachBit(of bits: Int32, _ body: (Int) -> Void) {
  var rest = bits
  while rest != 0 {
    body(rest.trailingZeroBitCount)
    rest &= rest &- 1
  }
}
