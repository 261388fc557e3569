/// Compression as in PNG files: zlib (RFC 1950) around deflate (RFC 1951) with the fixed codes.
enum Zlib {
  /// The compressed bytes.
  ///
  /// Each place is compared with the last one that began with the same three bytes.
  static func compress(_ bytes: [UInt8]) -> [UInt8] {
    var writer = DeflateWriter()
    var lastPlaces = [Int](repeating: -1, count: 1 << 15)
    var index = 0
    while index < bytes.count {
      guard index + 3 <= bytes.count else {
        writer.literal(bytes[index])
        index += 1
        continue
      }
      let candidate = lastPlaces[hash(bytes, index)]
      let length =
        candidate >= 0 && index - candidate <= 32_768
        ? matchLength(bytes, candidate, index) : 0
      let step = length >= 3 ? length : 1
      if length >= 3 {
        writer.copy(length: length, distance: index - candidate)
      } else {
        writer.literal(bytes[index])
      }
      for place in index..<min(index + step, bytes.count - 2) {
        lastPlaces[hash(bytes, place)] = place
      }
      index += step
    }
    // Deflate with a window of 32 KiB; the two bytes are a multiple of 31.
    return [0x78, 0x01] + writer.finish() + bigEndian(Adler32.checksum(of: bytes))
  }

  private static func hash(_ bytes: [UInt8], _ index: Int) -> Int {
    let value = Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
    return (value &* 0x9E37_79B1) >> 17 & 0x7FFF
  }

  /// How many bytes, 258 at most, are equal from two places on.
  private static func matchLength(_ bytes: [UInt8], _ earlier: Int, _ later: Int) -> Int {
    let longest = min(258, bytes.count - later)
    var length = 0
    while length < longest, bytes[earlier + length] == bytes[later + length] { length += 1 }
    return length
  }
}
