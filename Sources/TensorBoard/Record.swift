/// A record of a TFRecord file: its length, the length's checksum, the bytes, and theirs; little-endian.
package enum Record {
  /// The record that holds `content`.
  package static func framed(_ content: [UInt8]) -> [UInt8] {
    let length = littleEndian(UInt64(content.count))
    return length + littleEndian(CRC32C.masked(length)) + content
      + littleEndian(CRC32C.masked(content))
  }
}

/// The bytes of a number, the lowest first.
func littleEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
  (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
}
