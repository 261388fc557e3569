extension Argument {
  /// An option without a value: `true` where it is given, however often.
  public static func flag(_ name: String, short: Character? = nil, help: String) -> Self
  where Value == Bool {
    Self(.flag, name, short: short, help: help) {
      (texts) throws(UsageError) in !texts.isEmpty
    }
  }

  /// An option that may be left out; its value is then `nil`. Giving it twice is an error.
  public static func option<Wrapped>(
    _ name: String, short: Character? = nil, _ type: ValueType<Wrapped>, help: String
  ) -> Self where Value == Wrapped? {
    Self(.option, name, short: short, valueName: type.name, help: help, completion: type.completion)
    {
      (texts) throws(UsageError) in try type.readAll(texts, for: "--\(name)").first
    }
  }

  /// An option with a default, which help shows. Giving it twice is an error.
  public static func option(
    _ name: String, short: Character? = nil, _ type: ValueType<Value>, default value: Value,
    help: String
  ) -> Self {
    Self(
      .option, name, short: short, valueName: type.name, help: "\(help) (default: \(value))",
      completion: type.completion
    ) { (texts) throws(UsageError) in
      try type.readAll(texts, for: "--\(name)").first ?? value
    }
  }

  /// An option that must be given, and given once.
  public static func requiredOption(
    _ name: String, short: Character? = nil, _ type: ValueType<Value>, help: String
  ) -> Self {
    Self(
      .option, name, short: short, valueName: type.name, isRequired: true, help: help,
      completion: type.completion
    ) { (texts) throws(UsageError) in
      try type.readOne(texts, for: "--\(name)")
    }
  }

  /// An option that may be given any number of times; its values come in the order given.
  public static func repeatableOption<Element>(
    _ name: String, short: Character? = nil, _ type: ValueType<Element>, help: String
  ) -> Self where Value == [Element] {
    Self(
      .option, name, short: short, valueName: type.name, isRepeatable: true, help: help,
      completion: type.completion
    ) {
      (texts) throws(UsageError) in try type.readAll(texts, for: "--\(name)")
    }
  }
}
