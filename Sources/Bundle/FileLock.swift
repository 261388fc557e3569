import CLibrary

/// An open file that nobody else has locked.
///
/// The lock is the kernel's (`flock`) and belongs to the open file, not to the process: it ends when
/// the last process that has it open ends, however that happens, `kill -9` included. Processes that
/// are given the file keep the lock in turn.
package struct FileLock: ~Copyable, Sendable {
  /// The file, open for reading and for appending.
  package let descriptor: Int32

  /// Locks the file at `path`, which is made where there is none, or answers `nil` if another
  /// process has it locked.
  ///
  /// - Parameter waits: Whether to wait until it is free instead.
  package init?(_ path: String, waits: Bool = false) throws(BundleError) {
    let descriptor =
      Fault.strikes ? -1 : open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      let isForbidden = errno == EACCES || errno == EROFS
      let error = BundleError.system("open the file", path)
      guard isForbidden else { throw error }
      throw BundleError(
        file: path,
        message: error.message + "; make its folder writable, or name another one with --out")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw BundleError(file: path, message: "is a pipe or device; remove it")
    }
    var result: Int32
    repeat {
      result = flock(descriptor, waits ? LOCK_EX : LOCK_EX | LOCK_NB)
    } while result != 0 && errno == EINTR
    guard result == 0 else {
      defer { close(descriptor) }
      if errno == EWOULDBLOCK { return nil }
      if errno == ENOLCK || errno == ENOTSUP {
        throw BundleError(
          file: path,
          message:
            "can't be locked, as its file system has no locks (flock), without which two processes could "
            + "write the same files; mount it with them, or name a folder elsewhere with --out")
      }
      throw .system("lock the file", path)
    }
    self.descriptor = descriptor
  }

  /// Whether a process has the file at `path` locked.
  package static func isHeld(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  deinit {
    close(descriptor)
  }
}
