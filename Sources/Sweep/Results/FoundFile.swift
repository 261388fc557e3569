import Foundation
import StrictJSON

/// A file as it lies on the disk, all symbolic links followed; no folder, pipe or device.
struct FoundFile {
  private let path: String
  /// Its length in bytes.
  let size: Int
  /// When it was written.
  let modified: Date

  /// The file that `path` leads to, or `nil` if there is none.
  init?(_ path: String) {
    var status = stat()
    guard let real = Self.real(path), stat(real, &status) == 0, status.st_mode & S_IFMT == S_IFREG
    else { return nil }
    self.path = real
    size = Int(status.st_size)
    #if canImport(Darwin)
      let seconds = status.st_mtimespec.tv_sec
    #else
      let seconds = status.st_mtim.tv_sec
    #endif
    modified = Date(timeIntervalSince1970: Double(seconds))
  }

  /// Whether it lies in a folder, or in one of its folders.
  func isInside(_ folder: String) -> Bool {
    guard let folder = Self.real(folder) else { return false }
    return path.hasPrefix(folder == "/" ? folder : folder + "/")
  }

  /// Its bytes, or `nil` if it can't be read.
  var contents: Data? { FileManager.default.contents(atPath: path) }

  private static func real(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }
}

extension FoundFile {
  /// The JSON in the file at `path`, or `nil` if there is none.
  ///
  /// - Parameter content: What a file of `most` bytes at most is expected to hold.
  /// - Throws: `Diagnostics` where it is larger, or no JSON.
  static func node(
    at path: String, atMost most: Int, of content: String
  ) throws(Diagnostics) -> JSONNode? {
    guard let file = FoundFile(path) else { return nil }
    guard file.size <= most else {
      throw Diagnostics(
        Diagnostic(
          at: SourceLocation(file: path),
          "has \(file.size) bytes; expected \(most) or fewer, of \(content)"))
    }
    guard let data = file.contents else { return nil }
    return try JSONNode(parsing: Array(data), file: path)
  }
}
