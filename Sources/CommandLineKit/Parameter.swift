/// Something that a command takes: an argument, told by its place, or an option, told by its name.
///
/// A parameter is declared once and is then the key to its own value:
///
/// ```swift
/// let threads = Parameter.option("threads", .integer("N", in: 1...64), help: "Threads to use.")
/// let command = Command("work", summary: "Work.", parameters: [threads]) { call in
///   let count: Int? = try call[threads]
/// }
/// ```
public struct Parameter<Value: Sendable>: DeclaredParameter {
  /// What parsing and help know of the parameter.
  public let declaration: Declaration

  /// The value of the texts given for the parameter, of which there may be none.
  let read: @Sendable ([String]) throws(UsageError) -> Value

  init(
    _ form: Declaration.Form, _ name: String, short: Character? = nil, valueName: String = "",
    isRequired: Bool = false, isRepeatable: Bool = false, help: String,
    read: @escaping @Sendable ([String]) throws(UsageError) -> Value
  ) {
    self.read = read
    declaration = Declaration(
      form: form, name: name, short: short, valueName: valueName, isRequired: isRequired,
      isRepeatable: isRepeatable, help: help,
      check: { (texts) throws(UsageError) in _ = try read(texts) })
  }
}

/// A parameter of any type, so that a command can list them all.
public protocol DeclaredParameter: Sendable {
  /// What parsing and help know of the parameter.
  var declaration: Declaration { get }
}

extension ValueType {
  /// The value of `text`, given for the parameter called `label`.
  func read(_ text: String, for label: String) throws(UsageError) -> Value {
    do {
      return try read(text)
    } catch {
      throw UsageError("\(label): \(error)")
    }
  }

  /// The value of the only text, or an error that says which parameter is missing.
  func readOne(_ texts: [String], for label: String) throws(UsageError) -> Value {
    guard let text = texts.first else { throw UsageError("missing \(label)") }
    return try read(text, for: label)
  }

  /// The value of each text.
  func readAll(_ texts: [String], for label: String) throws(UsageError) -> [Value] {
    try texts.map { (text) throws(UsageError) in try read(text, for: label) }
  }
}
