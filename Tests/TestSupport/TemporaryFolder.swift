import Foundation

/// A new folder, removed with all that is in it when this object goes.
public final class TemporaryFolder: Sendable {
  private let url = FileManager.default.temporaryDirectory.appending(path: "losskit-\(UUID())")

  /// Makes the folder.
  public init() throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  /// The path of `name` in this folder.
  public func path(_ name: String) -> String { url.appending(path: name).path }

  /// Writes a file, whose folder is made where there is none, and answers its path.
  @discardableResult
  public func write(_ bytes: some Sequence<UInt8>, to name: String = "file") throws -> String {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file.path
  }

  /// Writes a text to a file, whose folder is made where there is none, and answers its path.
  @discardableResult
  public func write(_ text: String, to name: String) throws -> String {
    try write(text.utf8, to: name)
  }

  /// The names of all there is in this folder.
  public var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
  }
}
