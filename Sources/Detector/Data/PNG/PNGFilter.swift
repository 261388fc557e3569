/// What PNG stores in the place of bytes: their difference from a guess by their neighbours, which
/// compresses better.
enum PNGFilter: UInt8, CaseIterable {
  case none, left, above, mean, paeth

  /// The rows of an image, each behind the number of its filter: the one whose differences are smallest.
  static func rows(of image: Image) -> [UInt8] {
    let length = 3 * image.width
    var above = ArraySlice(repeating: 0 as UInt8, count: length)
    var bytes: [UInt8] = []
    bytes.reserveCapacity((length + 1) * image.height)
    for start in stride(from: 0, to: image.pixels.count, by: length) {
      let row = image.pixels[start..<start + length]
      let candidates = allCases.map { (filter: $0, bytes: $0.apply(to: row, above: above)) }
      let best = candidates.min { $0.bytes.cost < $1.bytes.cost }
      if let best { bytes += [best.filter.rawValue] + best.bytes }
      above = row
    }
    return bytes
  }

  private func apply(to row: ArraySlice<UInt8>, above: ArraySlice<UInt8>) -> [UInt8] {
    var bytes = Array(row)
    guard self != .none else { return bytes }
    let (start, up) = (row.startIndex, above.startIndex)
    for index in bytes.indices {
      let left = index < 3 ? 0 : row[start + index - 3]
      let corner = index < 3 ? 0 : above[up + index - 3]
      bytes[index] &-= guess(left: left, above: above[up + index], corner: corner)
    }
    return bytes
  }

  private func guess(left: UInt8, above: UInt8, corner: UInt8) -> UInt8 {
    switch self {
    case .none: return 0
    case .left: return left
    case .above: return above
    case .mean: return UInt8((Int(left) + Int(above)) / 2)
    case .paeth:
      // The neighbour nearest to where a plane through the three would be.
      let plane = Int(left) + Int(above) - Int(corner)
      let (a, b, c) = (abs(plane - Int(left)), abs(plane - Int(above)), abs(plane - Int(corner)))
      return a <= b && a <= c ? left : b <= c ? above : corner
    }
  }
}

extension [UInt8] {
  /// The sum of the bytes as signed numbers, whatever their sign.
  fileprivate var cost: Int {
    reduce(0) { $0 + Int(Int8(bitPattern: $1).magnitude) }
  }
}
