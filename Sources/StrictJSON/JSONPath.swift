/// The way from the root of a JSON value to one of the values in it.
///
/// Written with dots: `stages.rpn.terms.rpn_box.loss.beta`. An element of an array is named by its
/// position, from 0, like a key: `scales.1`. What a number means shows in the value that it is applied
/// to, as in JSON Pointer (RFC 6901), and unlike `scales[1]` it needs no quoting in any shell. A key
/// that is empty or contains `.`, `=`, `"` or a control character is written as a JSON string:
/// `metadata."a.b"`.
public struct JSONPath: Sendable, Hashable {
  /// The keys and positions, from the root on.
  public let components: [String]

  /// The path over `components`; without them, the root itself.
  public init(_ components: [String] = []) {
    self.components = components
  }

  /// Reads a path as ``description`` writes it.
  ///
  /// - Parameter location: where `text` stands, for errors.
  /// - Throws: ``Diagnostics`` where a key is empty or a quoted key is malformed.
  public init(parsing text: String, at location: SourceLocation) throws(Diagnostics) {
    var parser = JSONParser(Array(text.utf8), everythingAt: location)
    self = try parser.path()
    guard parser.isAtEnd else {
      throw parser.error(
        "expected \".\" after \(self); a key that contains \"=\" or quotes stands in quotes")
    }
  }

  /// The path to the member `key` of the object here.
  public func appending(_ key: String) -> JSONPath {
    JSONPath(components + [key])
  }

  /// The path to the element at `position` of the array here.
  public func appending(_ position: Int) -> JSONPath {
    appending(String(position))
  }
}

extension JSONPath: ExpressibleByArrayLiteral {
  public init(arrayLiteral components: String...) {
    self.init(components)
  }
}

extension JSONPath: CustomStringConvertible {
  /// The components joined by dots, unusual keys in quotes; empty for the root.
  public var description: String {
    components.map { component in
      let isPlain =
        !component.isEmpty
        && component.unicodeScalars.allSatisfy {
          !$0.isControl && $0 != "." && $0 != "=" && $0 != "\""
        }
      return isPlain ? component : JSONWriter.quoted(component)
    }.joined(separator: ".")
  }
}
