import CLibrary
import Files

/// A file that appears under its name complete or not at all.
///
/// Its bytes go to a temporary file in the same folder, which is brought to the disk and only then
/// given the name, replacing the file that may have had it; whoever has that open or mapped keeps it as
/// it was. Where anything fails, the temporary file is removed and nothing has happened. One that was left
/// behind, since its writer was killed, goes with ``removeAbandoned(in:)``.
///
/// A symbolic link is followed: the file it leads to is replaced, not the link.
public struct AtomicFile: ~Copyable {
  private let path: String
  private let destination: String
  private let temporary: String
  private let descriptor: Int32
  private var isCommitted = false

  /// What the names of temporary files begin and end with, random letters between.
  private static let prefix = ".losskit-", suffix = ".tmp"

  /// Writes a file at `path` that holds `bytes`.
  ///
  /// - Throws: ``BundleError`` where `path` names an input of the command that runs, a folder or a device,
  ///   its folder is missing or not to be written to, or the system refuses otherwise, as on a full disk.
  public static func write(_ bytes: [UInt8], to path: String) throws(BundleError) {
    var file = try AtomicFile(at: path)
    try file.append(bytes.span.bytes)
    try file.commit()
  }

  /// Removes the temporary files of writers that are gone from a folder, as `kill -9` leaves them.
  ///
  /// A writer has its file locked, by the kernel and as long as it lives, so that any number of processes,
  /// on several machines too, may write to the folder meanwhile.
  public static func removeAbandoned(in folder: String) {
    for name in Path.names(in: folder) where name.hasPrefix(prefix) && name.hasSuffix(suffix) {
      let path = "\(folder)/\(name)"
      let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
      close(descriptor)
    }
  }

  /// Begins a file that is to appear at `path`.
  init(at path: String) throws(BundleError) {
    try Self.check(path)
    let destination = Path.withoutLinks(path)
    (temporary, descriptor) = try Self.temporaryFile(in: Path.folder(of: destination), for: path)
    self.path = path
    self.destination = destination
  }

  /// A new file in `folder`, open for writing and locked.
  private static func temporaryFile(
    in folder: String, for path: String
  ) throws(BundleError) -> (path: String, descriptor: Int32) {
    while true {
      let unique = String(UInt64.random(in: .min ... .max), radix: 36)
      let temporary = folder + prefix + unique + suffix
      let descriptor =
        Fault.strikes ? -1 : open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else { throw .system("create a file in its folder", path) }
      // Where a file system has no locks nobody gets one, and nothing is taken for abandoned.
      flock(descriptor, LOCK_EX)
      var status = stat()
      if fstat(descriptor, &status) != 0 || status.st_nlink > 0 { return (temporary, descriptor) }
      // Somebody took it for abandoned before it was locked.
      close(descriptor)
    }
  }

  /// Makes sure that a file may be written at `path`: that nothing is there but a file, and no input of
  /// the command that runs (see `InputFiles`).
  ///
  /// For those that write long after they began; writing checks by itself.
  public static func check(_ path: String) throws(BundleError) {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT != S_IFREG {
      let kind = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "a pipe or device"
      throw BundleError(file: path, message: "is \(kind); name a file to write")
    }
    if let inputs = InputFiles.current, inputs.contains(FileIdentity(status)) {
      throw BundleError(
        file: path, message: "is read by this command and would be lost; name another file to write"
      )
    }
  }

  /// Adds `bytes` at the end.
  mutating func append(_ bytes: RawSpan) throws(BundleError) {
    var rest = bytes
    while !rest.isEmpty {
      // macOS refuses more than 2 GiB in one call.
      let written =
        Fault.strikes
        ? -1
        : rest.extracting(first: 1 << 30).withUnsafeBytes {
          CLibrary.write(descriptor, $0.baseAddress, $0.count)
        }
      if written >= 0 {
        rest = rest.extracting(droppingFirst: written)
      } else if errno != EINTR {
        throw .system("write the file", path)
      }
    }
  }

  /// Gives the file its name; without this, there will be none.
  consuming func commit() throws(BundleError) {
    guard !Fault.strikes, fsync(descriptor) == 0 else {
      throw .system("bring the file to the disk", path)
    }
    guard !Fault.strikes, rename(temporary, destination) == 0 else {
      throw .system("name the file", path)
    }
    isCommitted = true
  }

  deinit {
    close(descriptor)
    if !isCommitted { unlink(temporary) }
  }
}
