import Foundation
import LossKit

/// The reference values in Tests/Reference, which PyTorch and others made.
public enum Reference {
  /// The root of the repository.
  public static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The path of a file of the repository.
  public static func path(_ name: String) -> String {
    repository.appending(path: name).path(percentEncoded: false)
  }

  /// A file of Tests/Reference.
  public static func open(_ name: String) throws -> SafetensorsFile {
    try SafetensorsFile(contentsOf: path("Tests/Reference/\(name).safetensors"))
  }
}
