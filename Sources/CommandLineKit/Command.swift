/// A command of a tool: what it is called, what it takes, and what it does.
///
/// A command either runs or holds sub-commands, which may hold sub-commands in turn. Declaring it is
/// all: parsing, help and error messages come from the declaration.
public struct Command: Sendable {
  enum Action: Sendable {
    case run(@Sendable (Invocation) throws -> Void)
    case subcommands([Command], fallback: String?)
  }

  let name: String
  let summary: String
  let discussion: String
  let arguments: [AnyArgument]
  let examples: [UsageExample]
  let action: Action

  /// A command that runs.
  ///
  /// - Parameters:
  ///   - name: The word that calls it.
  ///   - summary: What it does, in one line.
  ///   - discussion: More about it, for its own help. Blank lines part paragraphs, which are wrapped;
  ///     lines that begin with a space stay as they are.
  ///   - arguments: What it takes, in the order of the help; positional ones are filled in this order.
  ///   - examples: Calls to learn from.
  ///   - run: Does the work. A ``UsageError`` that it throws ends the tool with status 2, another
  ///     error with status 1.
  public init(
    _ name: String, summary: String, discussion: String = "",
    arguments: [any DeclaredArgument] = [], examples: [UsageExample] = [],
    run: @escaping @Sendable (Invocation) throws -> Void
  ) {
    self.name = name
    self.summary = summary
    self.discussion = discussion
    self.arguments = arguments.map(\.erased)
    self.examples = examples
    self.action = .run(run)
  }

  /// A command that holds sub-commands.
  ///
  /// - Parameters:
  ///   - name: The word that calls it; of the outermost command, the name of the tool.
  ///   - summary: What its sub-commands are about, in one line.
  ///   - discussion: More about it, laid out as for a command that runs.
  ///   - arguments: What all of its sub-commands take too; options among them may stand before or
  ///     after the sub-command's name.
  ///   - examples: Calls to learn from.
  ///   - subcommands: The sub-commands, in the order of the help.
  ///   - fallback: The name of the sub-command that is called where the next word names none.
  public init(
    _ name: String, summary: String, discussion: String = "",
    arguments: [any DeclaredArgument] = [], examples: [UsageExample] = [], subcommands: [Command],
    fallback: String? = nil
  ) {
    self.name = name
    self.summary = summary
    self.discussion = discussion
    self.arguments = arguments.map(\.erased)
    self.examples = examples
    self.action = .subcommands(subcommands, fallback: fallback)
  }

  /// The sub-commands, or `nil` if the command runs.
  var subcommands: [Command]? {
    if case .subcommands(let subcommands, _) = action { subcommands } else { nil }
  }

  /// The sub-command that is called where the next word names none.
  var fallback: Command? {
    guard case .subcommands(let subcommands, let fallback) = action else { return nil }
    return subcommands.first { $0.name == fallback }
  }
}

/// One call of a command: the values it was given, and where its output goes.
public struct Invocation: Sendable {
  let texts: [String: [String]]

  /// Where the command writes.
  public let output: Output

  /// The value of an argument of the command, or of a command around it.
  ///
  /// All values were read once before the command ran, so this throws a ``UsageError`` only for a
  /// required argument that the command does not declare.
  public subscript<Value>(argument: Argument<Value>) -> Value {
    get throws(UsageError) { try argument.read(texts[argument.erased.label] ?? []) }
  }
}

/// A call to learn from, shown at the end of a command's help.
public struct UsageExample: Sendable {
  let line: String
  let explanation: String

  /// An example.
  ///
  /// - Parameters:
  ///   - line: The call as one types it, the tool's name included; never wrapped.
  ///   - explanation: What the call does, in a sentence.
  public init(_ line: String, _ explanation: String) {
    self.line = line
    self.explanation = explanation
  }
}
