import ResourceLimits

/// Everything that is wrong with a JSON text: one diagnostic or more, in the order of their places.
public struct Diagnostics: Error, Sendable, Equatable {
  /// The diagnostics, by file, line and column; those of one place in the order they were found. Of too
  /// many to read, the first, and then one that says how many more there are.
  public let all: [Diagnostic]

  /// A single diagnostic.
  public init(_ diagnostic: Diagnostic) {
    all = [diagnostic]
  }

  /// The diagnostics that a check has collected, or `nil` if there are none to throw.
  public init?(_ diagnostics: [Diagnostic]) {
    guard !diagnostics.isEmpty else { return nil }
    let sorted = diagnostics.sorted { $0.location < $1.location }
    let rest = sorted.dropFirst(Limits.diagnostics)
    all =
      sorted.prefix(Limits.diagnostics)
      + rest.prefix(1).map {
        Diagnostic(
          at: $0.location, "from here on, \(rest.count) more errors; mend those before first")
      }
  }
}

extension Diagnostics: LinedError {
  /// A line for each diagnostic, and those of its excerpt.
  public var lines: [String] { all.flatMap(\.lines) }
}

extension Diagnostics: CustomStringConvertible {
  public var description: String {
    lines.joined(separator: "\n")
  }
}

/// An error that takes several lines to tell, none of which a text from a file can break in two.
public protocol LinedError: Error {
  /// The lines.
  var lines: [String] { get }
}
