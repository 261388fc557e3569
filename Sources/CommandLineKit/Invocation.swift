/// One call of a command: the values it was given, and where its output goes.
public struct Invocation: Sendable {
  let texts: [String: [String]]

  /// Where the command writes.
  public let output: Output

  /// The value of a parameter of the command, or of a command around it.
  ///
  /// All values were read once before the command ran, so this throws a ``UsageError`` only for a
  /// required parameter that the command does not declare.
  public subscript<Value>(parameter: Parameter<Value>) -> Value {
    get throws(UsageError) { try parameter.read(texts[parameter.declaration.label] ?? []) }
  }
}
