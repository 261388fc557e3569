/// A number that tells contents apart: of two that differ in anything added, it is the same by chance alone.
///
/// No protection against somebody who looks for two of the same digest.
struct ContentDigest {
  private(set) var value: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// Adds a word.
  mutating func add(_ word: UInt64) {
    value = (value ^ word) &* 0xBF58_476D_1CE4_E5B9
    value ^= value >> 29
  }

  /// Adds a number.
  mutating func add(_ number: Int) { add(UInt64(bitPattern: Int64(number))) }

  /// Adds a text.
  mutating func add(_ text: String) { add(Array(text.utf8)) }

  /// Adds bytes and their number.
  mutating func add(_ bytes: [UInt8]) {
    add(bytes.count)
    bytes.withUnsafeBytes { bytes in
      var place = 0
      while place + 8 <= bytes.count {
        add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
        place += 8
      }
      while place < bytes.count {
        add(UInt64(bytes[place]))
        place += 1
      }
    }
  }
}
