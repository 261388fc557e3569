/// The places of the `count` highest scores, highest first; in a tie the earlier first.
///
/// Only scores that may be among them are sorted: those whose leading bits are as high as those of
/// the last one that is wanted.
func highest(_ count: Int, of scores: ArraySlice<Float>) -> [Int] {
  let keys = zip(scores, scores.indices).map { descendingKey($0) << 32 | UInt64($1) }
  guard count < keys.count else { return keys.sorted().map(place) }
  let shift = 64 - 12
  var sizes = [Int](repeating: 0, count: 1 << 12)
  for key in keys { sizes[Int(key >> shift)] += 1 }
  var sum = 0
  let last = sizes.firstIndex { size in
    sum += size
    return sum >= count
  }
  return keys.filter { Int($0 >> shift) <= last ?? 0 }.sorted().prefix(count).map(place)
}

/// Numbers of 32 bits that are the less the higher the score.
private func descendingKey(_ score: Float) -> UInt64 {
  let bits = (score + 0).bitPattern  // The sum makes 0 of −0, which ties with it.
  return UInt64(bits >> 31 == 0 ? 0x7FFF_FFFF - bits : bits)
}

private func place(_ key: UInt64) -> Int { Int(key & 0xFFFF_FFFF) }
