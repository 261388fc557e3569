import CLibrary

/// Whether `file` is a library of which a part is missing, as of a copy that was interrupted.
///
/// The dynamic linker maps what the header announces without a look at the file's length, and the process
/// ends by SIGBUS when it touches what isn't there. Only 64-bit little-endian ELF is looked into; what
/// else there is, the linker refuses by itself or never maps beyond the end.
func isCutShort(_ file: String) -> Bool {
  let descriptor = open(file, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return false }
  defer { close(descriptor) }
  let header = ELFReader(descriptor: descriptor)
  guard let magic: UInt32 = header[0], magic == 0x464C_457F, let kind: UInt16 = header[4],
    kind == 0x0102
  else { return false }
  guard let start: UInt64 = header[32], let size: UInt16 = header[54],
    let count: UInt16 = header[56]
  else { return true }
  let fileSize = lseek(descriptor, 0, SEEK_END)
  for index in 0..<UInt64(count) {
    let entry = start &+ index * UInt64(size)
    guard let type: UInt32 = header[entry], let offset: UInt64 = header[entry &+ 8],
      let length: UInt64 = header[entry &+ 32]
    else { return true }
    let (end, overflow) = offset.addingReportingOverflow(length)
    let isLoaded = type == 1
    if isLoaded, overflow || end > fileSize { return true }
  }
  return false
}

/// Numbers in a file by their place.
private struct ELFReader {
  let descriptor: Int32

  /// The number that begins at `place`; nothing where the file ends before.
  subscript<Number: FixedWidthInteger>(place: UInt64) -> Number? {
    guard let place = off_t(exactly: place) else { return nil }
    var number: Number = 0
    let count = withUnsafeMutableBytes(of: &number) {
      pread(descriptor, $0.baseAddress, $0.count, place)
    }
    return count == MemoryLayout<Number>.size ? Number(littleEndian: number) : nil
  }
}
