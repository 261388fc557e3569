/// What parsing and help know of an argument: everything but the type of its value.
public struct AnyArgument: DeclaredArgument {
  enum Form: Sendable {
    case positional, flag, option
  }

  let form: Form
  /// The long name of an option without its dashes, the value's name of a positional one.
  let name: String
  let short: Character?
  let valueName: String
  let isRequired: Bool
  let isRepeatable: Bool
  let help: String
  /// What shells offer for its value.
  let completion: Completion
  let check: @Sendable ([String]) throws(UsageError) -> Void

  public var erased: AnyArgument { self }

  /// What messages call the argument, and the key of its texts: `RECIPE` or `--threads`.
  var label: String { form == .positional ? name : "--\(name)" }

  /// The argument with its value's name: `RECIPE`, `--json` or `--threads N`.
  var signature: String { form == .option ? "\(label) \(valueName)" : label }

  /// The argument as the usage line shows it: brackets where it may be left out, dots where it may
  /// be given more than once.
  var usage: String {
    (isRequired ? signature : "[\(signature)]") + (isRepeatable ? "..." : "")
  }

  /// Whether `text`, dashes included, is a name of this option.
  func answers(to text: String) -> Bool {
    form != .positional && (text == label || short.map { text == "-\($0)" } ?? false)
  }
}
