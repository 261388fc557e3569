/// Writes one block of deflate with the fixed codes of RFC 1951, section 3.2.6.
struct DeflateWriter {
  private var bytes: [UInt8] = []
  private var pending: UInt32 = 0
  private var pendingCount = 0

  init() {
    bits(0b011, 3)  // The last block; with fixed codes.
  }

  /// Writes a byte.
  mutating func literal(_ byte: UInt8) {
    let value = UInt32(byte)
    if byte < 144 { code(0b0011_0000 + value, 8) } else { code(0b1_1001_0000 + value - 144, 9) }
  }

  /// Writes that `length` bytes, 3 to 258, are those that were written `distance` bytes, 1 to 32,768,
  /// before.
  mutating func copy(length: Int, distance: Int) {
    if length == 258 {
      symbol(285)
    } else {
      // Four symbols for each number of extra bits, from eight with none.
      let (group, extra, rest) = Self.split(length - 3, each: 4)
      symbol(257 + group)
      bits(rest, extra)
    }
    let (group, extra, rest) = Self.split(distance - 1, each: 2)
    code(UInt32(group), 5)
    bits(rest, extra)
  }

  /// Ends the block, and answers all that was written.
  consuming func finish() -> [UInt8] {
    symbol(256)
    bits(0, (8 - pendingCount % 8) % 8)
    return bytes
  }

  /// The symbol of a length or distance, counted from 0: the first 2 · `each` numbers have a symbol each,
  /// and from there on every `each` symbols stand for twice as many numbers as those before.
  private static func split(_ value: Int, each: Int) -> (symbol: Int, extra: Int, rest: UInt32) {
    let shift = each.trailingZeroBitCount
    let extra = max(0, Int.bitWidth - value.leadingZeroBitCount - 1 - shift)
    let symbol = extra == 0 ? value : extra * each + value >> extra
    return (symbol, extra, UInt32(truncatingIfNeeded: value & (1 << extra - 1)))
  }

  private mutating func symbol(_ symbol: Int) {
    let value = UInt32(symbol - 256)
    if symbol < 280 { code(value, 7) } else { code(0b1100_0000 + value - 24, 8) }
  }

  /// Writes a code, which has its highest bit first, unlike numbers.
  private mutating func code(_ code: UInt32, _ count: Int) {
    var reversed: UInt32 = 0
    for bit in 0..<count { reversed |= (code >> bit & 1) << (count - 1 - bit) }
    bits(reversed, count)
  }

  private mutating func bits(_ value: UInt32, _ count: Int) {
    pending |= value << pendingCount
    pendingCount += count
    while pendingCount >= 8 {
      bytes.append(UInt8(truncatingIfNeeded: pending))
      pending >>= 8
      pendingCount -= 8
    }
  }
}
