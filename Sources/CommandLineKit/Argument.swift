/// Something that a command takes: told by its place, or an option, told by its name.
///
/// An argument is declared once and is then the key to its own value:
///
/// ```swift
/// let threads = Argument.option("threads", .integer("N", in: 1...64), help: "Threads to use.")
/// let command = Command("work", summary: "Work.", arguments: [threads]) { call in
///   let count: Int? = try call[threads]
/// }
/// ```
public struct Argument<Value: Sendable>: DeclaredArgument {
  public let erased: AnyArgument

  /// The value of the texts given for the argument, of which there may be none.
  let read: @Sendable ([String]) throws(UsageError) -> Value

  init(
    _ form: AnyArgument.Form, _ name: String, short: Character? = nil, valueName: String = "",
    isRequired: Bool = false, isRepeatable: Bool = false, help: String,
    completion: Completion = .none,
    read: @escaping @Sendable ([String]) throws(UsageError) -> Value
  ) {
    self.read = read
    erased = AnyArgument(
      form: form, name: name, short: short, valueName: valueName, isRequired: isRequired,
      isRepeatable: isRepeatable, help: help, completion: completion,
      check: { (texts) throws(UsageError) in _ = try read(texts) })
  }
}

/// An argument of any type, so that a command can list them all.
public protocol DeclaredArgument: Sendable {
  /// What parsing and help know of the argument.
  var erased: AnyArgument { get }
}

extension ValueType {
  /// The value of `text`, given for the argument called `label`.
  func read(_ text: String, for label: String) throws(UsageError) -> Value {
    do {
      return try read(text)
    } catch {
      throw UsageError("\(label): \(error)")
    }
  }

  /// The value of the only text, or an error that says which argument is missing.
  func readOne(_ texts: [String], for label: String) throws(UsageError) -> Value {
    guard let text = texts.first else { throw UsageError("missing \(label)") }
    return try read(text, for: label)
  }

  /// The value of each text.
  func readAll(_ texts: [String], for label: String) throws(UsageError) -> [Value] {
    try texts.map { (text) throws(UsageError) in try read(text, for: label) }
  }
}
