/// An error that takes several lines to tell, none of which a text from a file can break in two.
public protocol LinedError: Error {
  /// The lines.
  var lines: [String] { get }
}
