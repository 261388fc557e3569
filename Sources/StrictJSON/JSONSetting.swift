/// A value for a path, as the command line gives it: `stages.rpn.sampler.count=128`.
///
/// Apply it with ``JSONNode/setting(_:at:)``.
public struct JSONSetting: Sendable, Equatable {
  /// The path to set.
  public let path: JSONPath

  /// The value to set.
  public let node: JSONNode

  /// Reads `path=value`.
  ///
  /// The value is JSON where it can be read as such, else a string: `name=retina` needs no quotes.
  ///
  /// - Parameter option: what locations show in the place of a file.
  /// - Throws: ``Diagnostics`` where there is no `=` or the path is malformed.
  public init(parsing text: String, option: String = "--set") throws(Diagnostics) {
    let location = SourceLocation(file: option)
    var parser = JSONParser(Array(text.utf8), everythingAt: location)
    path = try parser.path()
    guard parser.take("=") else {
      throw parser.error(
        "expected path=value, such as sampler.count=128, not \(Diagnostic.quote(text))")
    }
    let value = Array(parser.bytes[parser.position...])
    var valueParser = JSONParser(value, everythingAt: location)
    if let json = try? valueParser.document() {
      node = json
    } else {
      node = JSONNode(.string(String(decoding: value, as: UTF8.self)), at: location)
    }
  }
}
