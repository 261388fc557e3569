import Foundation
import LossKit

/// A temporary folder, removed with this object.
final class Workspace {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "losskit-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
  }

  /// The names of the files, in order.
  var files: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted() }
  }

  /// The path of a file in the folder.
  func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }

  /// Writes bytes to a file, and answers its path.
  func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
    try Data(bytes).write(to: folder.appending(path: name))
    return path(name)
  }

  /// Writes a text to a file, and answers its path.
  func write(_ text: String, to name: String) throws -> String {
    try write(text.utf8, to: name)
  }
}
