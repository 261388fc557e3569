import ResourceLimits

/// What is wrong with a file that was to be read or written.
public struct BundleError: Error, Equatable, CustomStringConvertible {
  /// The path of the file, as the caller gave it.
  public let file: String

  /// What is wrong, where in the file, what was expected and what to do about it.
  public let message: String

  /// An error about `file`.
  public init(file: String, message: String) {
    self.file = file
    self.message = shortened(message)
  }

  public var description: String { "\(file): \(message)" }
}
