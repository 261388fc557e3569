extension JSONNode {
  /// How a value is laid out as text.
  public enum Style: Sendable {
    /// No white space at all.
    case compact
    /// Two spaces a level, a member or element a line; a short array of scalars stays on one line.
    case pretty
  }

  /// The value as JSON text, without a line break at its end.
  ///
  /// The same value always gives the same text, members in their order. Numbers are written in the
  /// shortest form that reads back as the same number: integers without a point, reals with a point or
  /// an exponent (`1.0`, `1e-05`). Control characters are escaped, all else stays as it is. Parsing the
  /// text gives an equal value.
  ///
  /// - Throws: ``Diagnostics`` with the path of a number that isn't finite, for writing `null` for it is
  ///   a choice that only the program can make, or of a value that nests deeper than can be read.
  public func text(_ style: Style = .pretty) throws(Diagnostics) -> String {
    var writer = JSONWriter(style)
    try writer.write(self)
    return writer.text
  }
}
