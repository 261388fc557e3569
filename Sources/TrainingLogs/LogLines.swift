import CLibrary
import ResourceLimits

/// The lines of a file, read one after another in as little memory as the longest of them takes.
enum LogLines {
  /// Calls `body` with each line of the file at `path`, without its line feed; with `nil` for a line
  /// beyond the limit. Without a file, or with a pipe in its place, there are no lines.
  static func forEach(in path: String, _ body: (_ line: [UInt8]?) -> Void) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
    var line: [UInt8] = []
    var isTooLong = false
    func add(_ bytes: UnsafeRawBufferPointer) {
      isTooLong = isTooLong || line.count + bytes.count > Limits.logLineBytes
      if isTooLong { line = [] } else { line += bytes }
    }
    func end() {
      body(isTooLong ? nil : line)
      line.removeAll(keepingCapacity: true)
      isTooLong = false
    }
    withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { chunk in
      while true {
        let count = read(descriptor, chunk.baseAddress, chunk.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        var rest = UnsafeRawBufferPointer(rebasing: chunk[..<count])
        while let start = rest.baseAddress,
          let feed = memchr(start, Int32(UInt8(ascii: "\n")), rest.count)
        {
          let length = UnsafeRawPointer(feed) - start
          add(UnsafeRawBufferPointer(rebasing: rest[..<length]))
          end()
          rest = UnsafeRawBufferPointer(rebasing: rest[(length + 1)...])
        }
        add(rest)
      }
    }
    if isTooLong || !line.isEmpty { end() }
  }

  /// How many bytes the file at `path` has; 0 where there is none.
  static func byteCount(of path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Whether a line has the key, in quotes as JSON is mostly written: in a fraction of the time that parsing it takes.
  static func mention(_ key: [UInt8], _ line: [UInt8]) -> Bool {
    guard let first = key.first else { return true }
    let (key, line) = (key.span, line.span)
    var start = 0
    while start + key.count <= line.count {
      if line[start] == first, key.indices.allSatisfy({ line[start + $0] == key[$0] }) {
        return true
      }
      start += 1
    }
    return false
  }
}
