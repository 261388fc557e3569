import CLibrary
import Files

#if _endian(big)
  #error("files are read and written as they lie in memory, which takes a little-endian host")
#endif

/// A file's bytes, mapped into memory read-only and privately for as long as this object lives.
///
/// Pages are read when first touched. If another program makes the file shorter meanwhile, touching
/// what is gone ends the process with `SIGBUS`; replacing the file, as ``AtomicFile`` does, is safe.
///
/// Sendable without a check: the memory is never written, and unmapped only once nobody refers to it.
final class MappedFile: @unchecked Sendable {
  /// The path of the file, as the caller gave it.
  let path: String

  private let bytes: UnsafeRawBufferPointer

  /// Maps the file at `path`.
  init(path: String) throws(BundleError) {
    // Without O_NONBLOCK, opening a named pipe would wait for somebody to write to it.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .system("open the file", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system("look at the file", path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let kind = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "a pipe or device"
      throw BundleError(file: path, message: "is \(kind), not a file; name a file to read")
    }
    InputFiles.current?.insert(FileIdentity(status))
    self.path = path
    let count = Int(status.st_size)
    if count == 0 {  // The system refuses to map nothing.
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
    } else {
      guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0),
        start != MAP_FAILED
      else { throw .system("map \(count) bytes of the file", path) }
      bytes = UnsafeRawBufferPointer(start: start, count: count)
    }
  }

  deinit {
    guard let start = bytes.baseAddress else { return }
    munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
  }

  /// The number of bytes in the file.
  var count: Int { bytes.count }

  /// The values of type `Stored` that lie one after another in `range`, aligned or not, each replaced
  /// by `convert` of it. `range` must lie within the file.
  func load<Stored: BitwiseCopyable, Element>(
    _ range: Range<Int>, as: Stored.Type, _ convert: (Stored) -> Element
  ) -> [Element] {
    withExtendedLifetime(self) {
      // Checked here once, so that the loop need not.
      bytes.bytes.extracting(range).withUnsafeBytes { source in
        let size = MemoryLayout<Stored>.size
        return (0..<source.count / size).map {
          convert(source.loadUnaligned(fromByteOffset: $0 * size, as: Stored.self))
        }
      }
    }
  }
}
