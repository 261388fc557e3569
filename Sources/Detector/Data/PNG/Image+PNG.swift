import Bundle

extension Image {
  /// The image as a PNG file: 8 bits for red, green and blue, compressed.
  public var png: [UInt8] {
    var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    func append(_ type: String, _ content: [UInt8]) {
      let named = Array(type.utf8) + content
      bytes += bigEndian(UInt32(truncatingIfNeeded: content.count))
      bytes += named + bigEndian(CRC32.checksum(of: named))
    }
    append(
      "IHDR",
      bigEndian(UInt32(truncatingIfNeeded: width)) + bigEndian(UInt32(truncatingIfNeeded: height))
        + [8, 2, 0, 0, 0])
    append("IDAT", Zlib.compress(PNGFilter.rows(of: self)))
    append("IEND", [])
    return bytes
  }

  /// Writes the image as a PNG file, complete or not at all.
  ///
  /// - Throws: `BundleError` where the file can't be written.
  public func writePNG(to path: String) throws(BundleError) {
    try AtomicFile.write(png, to: path)
  }
}

/// The four bytes of a number, the highest first.
func bigEndian(_ number: UInt32) -> [UInt8] {
  [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
}
