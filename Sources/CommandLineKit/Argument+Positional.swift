extension Argument {
  /// An argument that must be given.
  public static func required(_ type: ValueType<Value>, help: String) -> Self {
    Self(.positional, type.name, isRequired: true, help: help, completion: type.completion) {
      (texts) throws(UsageError) in
      try type.readOne(texts, for: type.name)
    }
  }

  /// An argument that may be left out; its value is then `nil`.
  public static func optional<Wrapped>(_ type: ValueType<Wrapped>, help: String) -> Self
  where Value == Wrapped? {
    Self(.positional, type.name, help: help, completion: type.completion) {
      (texts) throws(UsageError) in
      try type.readAll(texts, for: type.name).first
    }
  }

  /// An argument given once or more, or any number of times where it isn't required. It takes what
  /// the arguments around it leave.
  public static func repeating<Element>(
    _ type: ValueType<Element>, isRequired: Bool = true, help: String
  ) -> Self
  where Value == [Element] {
    Self(
      .positional, type.name, isRequired: isRequired, isRepeatable: true, help: help,
      completion: type.completion
    ) {
      (texts) throws(UsageError) in try type.readAll(texts, for: type.name)
    }
  }
}
