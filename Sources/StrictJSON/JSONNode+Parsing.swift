extension JSONNode {
  /// Reads a JSON text, strictly by RFC 8259, each value and key with its place.
  ///
  /// Stricter than the RFC demands in what it leaves open: duplicate keys, a byte order mark, numbers
  /// beyond the range of Double and nesting deeper than 128 levels are errors. A number too small for
  /// Double rounds to zero. The time is linear in the number of bytes.
  ///
  /// - Parameters:
  ///   - bytes: the whole text, in UTF-8.
  ///   - file: the name that locations show.
  /// - Throws: ``Diagnostics`` with the first error of syntax.
  public init(parsing bytes: [UInt8], file: String) throws(Diagnostics) {
    var parser = JSONParser(bytes, file: file)
    self = try parser.document()
  }
}
