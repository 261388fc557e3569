import Foundation

/// Whether `file` is a library of which a part is missing, as of a copy that was interrupted.
///
/// The dynamic linker maps what the header announces without a look at the file's length, and the process
/// ends by SIGBUS when it touches what isn't there. Only 64-bit little-endian ELF is looked into; what
/// else there is, the linker refuses by itself or never maps beyond the end.
func isCutShort(_ file: String) -> Bool {
  guard let data = try? Data(contentsOf: URL(filePath: file), options: .alwaysMapped),
    data.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1])
  else { return false }
  return data.withUnsafeBytes { bytes in
    let header = ELFReader(bytes: bytes)
    guard let start: UInt64 = header[32], let size: UInt16 = header[54],
      let count: UInt16 = header[56]
    else { return true }
    for index in 0..<UInt64(count) {
      let entry = start.addingReportingOverflow(index * UInt64(size)).partialValue
      guard let type: UInt32 = header[entry], let offset: UInt64 = header[entry &+ 8],
        let length: UInt64 = header[entry &+ 32]
      else { return true }
      let (end, overflow) = offset.addingReportingOverflow(length)
      let isLoaded = type == 1
      if isLoaded, overflow || end > UInt64(bytes.count) { return true }
    }
    return false
  }
}

/// Numbers in a file by their place.
private struct ELFReader {
  let bytes: UnsafeRawBufferPointer

  /// The number that begins at `place`; `nil` if the file ends before.
  subscript<Number: FixedWidthInteger>(place: UInt64) -> Number? {
    guard let place = Int(exactly: place), place <= bytes.count - MemoryLayout<Number>.size
    else { return nil }
    return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Number.self))
  }
}
