import ResourceLimits

/// A shared library that can't be used as a plugin: which one, and what is wrong with it.
public struct PluginError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The path of the library, as the caller gave it.
  public let library: String
  /// What was found, what was expected, and what to do about it.
  public let problem: String

  /// An error of `library`.
  public init(_ library: String, _ problem: String) {
    self.library = library
    self.problem = shortened(problem)
  }

  public var description: String { "plugin \(library): \(problem)" }
}
