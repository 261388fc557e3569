import Bundle
import CLibrary
import Files

/// A file of events that grows while a training runs.
///
/// A run that goes on begins a file of its own, whose first event takes back what files before it tell of the same
/// steps: nothing is changed that was written. An event is there as a whole or not at all, unless the process is
/// killed in the middle of it; readers leave out such an end.
public final class EventFile {
  private let path: String
  private let descriptor: Int32
  /// The bytes of whole events.
  private var length = 0

  /// Begins a file in a folder, which is made where it doesn't exist.
  ///
  /// - Parameters:
  ///   - time: Now, in seconds since 1970.
  ///   - step: The first step that it tells of.
  /// - Throws: `BundleError` where it can't be written.
  public init(in folder: String, time: Double, from step: Int) throws(BundleError) {
    (path, descriptor) = try Self.created(in: folder)
    try append(Event(time: time, .fileVersion))
    try append(Event(time: time, step: step, .restart))
  }

  /// A new file, whose name comes after those of the others.
  private static func created(
    in folder: String
  ) throws(BundleError) -> (path: String, descriptor: Int32) {
    if mkdir(folder, 0o777) != 0, errno != EEXIST { throw .system("make the folder", folder) }
    var number = Path.names(in: folder).compactMap(Self.number).max() ?? 0
    while true {
      number += 1
      let digits = String(number)
      let zeros = String(repeating: "0", count: max(0, 6 - digits.count))
      let path = "\(folder)/\(prefix)\(zeros)\(digits)"
      let descriptor =
        Fault.strikes ? -1 : open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return (path, descriptor) }
      guard errno == EEXIST else { throw .system("create the file", path) }
    }
  }

  private static let prefix = "events.out.tfevents."

  private static func number(_ name: String) -> Int? {
    name.hasPrefix(prefix) ? Int(name.dropFirst(prefix.count)) : nil
  }

  /// Adds an event.
  ///
  /// - Throws: `BundleError` where it can't be written; the file is then as it was.
  public func append(_ event: Event) throws(BundleError) {
    let record = event.record
    var written = 0
    while written < record.count {
      let count =
        Fault.strikes
        ? -1
        : record[written...].withUnsafeBytes {
          CLibrary.write(descriptor, $0.baseAddress, $0.count)
        }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        let error = BundleError.system("write the file", path)
        ftruncate(descriptor, off_t(length))
        throw error
      }
      written += count
    }
    length += written
  }

  deinit { close(descriptor) }
}
