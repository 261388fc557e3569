import StrictJSON

/// How the text of an argument becomes a value, and what help calls it.
public struct ValueType<Value: Sendable>: Sendable {
  let name: String
  let read: @Sendable (String) throws(UsageError) -> Value
  /// What shells offer.
  private(set) var completion = Completion.none

  /// A type of one's own.
  ///
  /// - Parameters:
  ///   - name: What help calls the value, such as `FILE`.
  ///   - read: The value of a text, or a ``UsageError`` that says what was expected; the argument's
  ///     name is put before the message.
  public init(
    _ name: String, read: @escaping @Sendable (String) throws(UsageError) -> Value
  ) {
    self.name = name
    self.read = read
  }

  /// The type, with what shells offer for it.
  public func completed(by completion: Completion) -> Self {
    var type = self
    type.completion = completion
    return type
  }
}

extension ValueType<String> {
  /// Any text, as it is.
  public static func text(_ name: String) -> Self {
    ValueType(name) { (text) throws(UsageError) in text }
  }

  /// A path, which isn't empty.
  public static func path(_ name: String) -> Self {
    ValueType(name) { (text) throws(UsageError) in
      guard !text.isEmpty else { throw UsageError("is empty; expected \(name)") }
      return text
    }.completed(by: .files)
  }

  /// One of `names`; a ``UsageError`` for another text lists them and names the nearest.
  public static func choice(_ name: String, from names: [String]) -> Self {
    ValueType(name) { (text) throws(UsageError) in
      guard names.contains(text) else {
        throw UsageError(
          "expected one of \(names.joined(separator: ", ")); got \(text.quoted)",
          suggestion: nearestName(to: text, in: names))
      }
      return text
    }.completed(by: .words { names })
  }
}

extension ValueType<Int> {
  /// A decimal integer in `range`; a ``UsageError`` for another text says the range.
  public static func integer(_ name: String, in range: ClosedRange<Int> = .min ... .max) -> Self {
    ValueType(name) { (text) throws(UsageError) in
      guard let value = Int(text), range.contains(value) else {
        throw UsageError("expected \(description(of: range)); got \(text.quoted)")
      }
      return value
    }
  }

  private static func description(of range: ClosedRange<Int>) -> String {
    switch (range.lowerBound, range.upperBound) {
    case (.min, .max): "an integer"
    case (let lower, .max): "an integer of at least \(lower)"
    case (.min, let upper): "an integer of at most \(upper)"
    case (let lower, let upper): "an integer from \(lower) to \(upper)"
    }
  }
}
