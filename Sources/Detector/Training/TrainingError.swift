/// Why training can't begin or go on: where it is, what was found, and what to do about it.
public struct TrainingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The place and the problem in one line.
  public let description: String

  /// An error.
  public init(_ description: String) { self.description = description }
}
