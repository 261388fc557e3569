/// What parsing and help know of a parameter: everything but the type of its value.
public struct Declaration: Sendable {
  enum Form: Sendable {
    case argument, flag, option
  }

  let form: Form
  /// The long name of an option without its dashes, the value's name of an argument.
  let name: String
  let short: Character?
  let valueName: String
  let isRequired: Bool
  let isRepeatable: Bool
  let help: String
  let check: @Sendable ([String]) throws(UsageError) -> Void

  /// What messages call the parameter, and the key of its texts: `RECIPE` or `--threads`.
  var label: String { form == .argument ? name : "--\(name)" }

  /// The parameter with its value's name: `RECIPE`, `--json` or `--threads N`.
  var signature: String { form == .option ? "\(label) \(valueName)" : label }

  /// The parameter as the usage line shows it: brackets where it may be left out, dots where it may
  /// be given more than once.
  var usage: String {
    (isRequired ? signature : "[\(signature)]") + (isRepeatable ? "..." : "")
  }

  /// Whether `text`, dashes included, is a name of this option.
  func answers(to text: String) -> Bool {
    form != .argument && (text == label || short.map { text == "-\($0)" } ?? false)
  }
}
