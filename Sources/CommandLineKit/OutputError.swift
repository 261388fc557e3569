import Foundation

/// Why a stream took no more text.
public enum OutputError: Error, Equatable, CustomStringConvertible {
  /// The reader of the stream has gone, as in `losskit list | head -1`.
  case closed
  /// The system refused, for a full disk for instance. `code` is its error number.
  case failed(stream: String, code: Int32)

  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .closed: "nobody reads the output any more"
    case .failed(let stream, let code):
      "cannot write to \(stream): \(String(cString: strerror(code)))"
    }
  }
}
