import CLibrary
import ResourceLimits

/// Why a file can't be read.
public struct FileError: Error, Equatable, CustomStringConvertible {
  /// What was found, and what was expected: a clause without the file's name.
  public let description: String

  /// There is no such file.
  public static let missing = FileError(description: "no such file")

  /// The error that the system call just made left in `errno`.
  fileprivate static var system: FileError {
    errno == ENOENT || errno == ENOTDIR
      ? .missing : FileError(description: "can't be read: \(String(cString: strerror(errno)))")
  }
}

/// Files that are read as a whole.
public enum InputFile {
  /// All bytes of the file at `path`, which counts as an input from here on (see ``InputFiles``).
  ///
  /// - Throws: ``FileError`` where there is none, the system refuses, it has more bytes than `limit`, or
  ///   than files may have where that is left out, or it is a folder, a pipe or a device, which would have
  ///   to be waited for or never end.
  public static func bytes(
    of path: String, most limit: Int? = nil
  ) throws(FileError) -> [UInt8] {
    // Without O_NONBLOCK, opening a named pipe would wait for somebody to write to it.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .system }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system }
    if let kind = kind(of: status) {
      throw FileError(description: "is \(kind); expected a file")
    }
    let size = Int(status.st_size)
    let limit = limit ?? Limits.fileBytes
    guard size <= limit else {
      throw FileError(description: "is \(size) bytes long; expected \(limit) at most")
    }
    InputFiles.current?.insert(FileIdentity(status))
    var isRead = true
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let taken = read(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
        if taken < 0, errno == EINTR { continue }
        isRead = taken >= 0
        if taken <= 0 { break }
        count += taken
      }
    }
    guard isRead else { throw .system }
    return bytes
  }

  /// What something other than a file is.
  private static func kind(of status: stat) -> String? {
    switch status.st_mode & S_IFMT {
    case S_IFREG: nil
    case S_IFDIR: "a folder"
    case S_IFIFO: "a pipe"
    case S_IFSOCK: "a socket"
    default: "a device"
    }
  }
}
