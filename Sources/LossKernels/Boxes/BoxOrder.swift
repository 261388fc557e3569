/// An order of boxes in which neighbours have about the same shape and lie at about the same place.
///
/// Widths and heights are told apart by powers of two, places by a grid of 32 × 32 cells over an
/// area, whose cells follow one another along a Z curve. Boxes alike in this keep their order.
struct BoxOrder: Sendable {
  /// The boxes' indices in the new order.
  let indices: [Int32]
  /// For each box its place in the new order; negative where it is left out.
  let places: [Int32]

  /// Orders the boxes (x1, y1, x2, y2) that there are.
  ///
  /// - Parameter area: Where a fine order matters; what lies outside counts as on its border.
  init(_ boxes: [SIMD4<Float>?], over area: SIMD4<Float>, on workers: Workers) {
    let origin = area.lowHalf
    let scale = SIMD2(repeating: 32) / (area.highHalf - origin)
    // Few boxes do with the leading bits of their keys: a counting sort takes time for each value.
    let bits = min(keyBits, Int.bitWidth - boxes.count.leadingZeroBitCount)
    let keys = workers.map(below: boxes.count, inBlocksOf: 4096) {
      boxes[$0].map { key($0, origin, scale) >> (keyBits - bits) } ?? -1
    }

    var starts = [Int32](repeating: 0, count: 1 << bits)
    var next = starts.mutableSpan
    var sum: Int32 = 0
    for key in keys where key >= 0 { next[key] &+= 1 }
    for key in next.indices { (next[key], sum) = (sum, sum &+ next[key]) }

    var indices = [Int32](repeating: 0, count: Int(sum))
    var places = [Int32](repeating: -1, count: boxes.count)
    var indexSpan = indices.mutableSpan
    var placeSpan = places.mutableSpan
    for index in keys.indices where keys[index] >= 0 {
      let place = next[keys[index]]
      next[keys[index]] = place &+ 1
      indexSpan[Int(place)] = Int32(truncatingIfNeeded: index)
      placeSpan[index] = place
    }
    self.indices = indices
    self.places = places
  }
}

/// Three bits each for width and height, five each for column and row.
private let keyBits = 16

@inline(__always)
private func key(_ box: SIMD4<Float>, _ origin: SIMD2<Float>, _ scale: SIMD2<Float>) -> Int {
  let shape = sizeClass(box[2] - box[0]) << 3 | sizeClass(box[3] - box[1])
  let cell = ((box.lowHalf + box.highHalf) / 2 - origin) * scale
  let place = spread(clamped(cell[0])) | spread(clamped(cell[1])) << 1
  return shape << 10 | place
}

/// The power of two below a side, from 0 for less than 8 to 7 for 512 and more.
@inline(__always)
private func sizeClass(_ side: Float) -> Int {
  max(0, min(7, Int(side.exponentBitPattern) - 129))
}

/// A whole number from 0 to 31; in this order of arguments NaN becomes 31.
@inline(__always)
private func clamped(_ value: Float) -> Int { Int(max(0, min(31, value))) }

/// Five bits with a gap after each.
@inline(__always)
private func spread(_ bits: Int) -> Int {
  let four = (bits | bits << 4) & 0x10F
  let two = (four | four << 2) & 0x133
  return (two | two << 1) & 0x155
}
