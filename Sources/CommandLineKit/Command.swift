/// A command of a tool: what it is called, what it takes, and what it does.
///
/// A command either runs or holds sub-commands, which may hold sub-commands in turn. Declaring it is
/// all: parsing, help and error messages come from the declaration.
public struct Command: Sendable {
  enum Action: Sendable {
    case run(@Sendable (Invocation) throws -> Void)
    case subcommands([Command])
  }

  let name: String
  let summary: String
  let discussion: String
  let parameters: [any DeclaredParameter]
  let examples: [Example]
  let action: Action

  /// A command that runs.
  ///
  /// - Parameters:
  ///   - name: The word that calls it.
  ///   - summary: What it does, in one line.
  ///   - discussion: More about it, for its own help. Blank lines part paragraphs, which are wrapped;
  ///     lines that begin with a space stay as they are.
  ///   - parameters: What it takes, in the order of the help; arguments are filled in this order.
  ///   - examples: Calls to learn from.
  ///   - run: Does the work. A ``UsageError`` that it throws ends the tool with status 2, another
  ///     error with status 1.
  public init(
    _ name: String, summary: String, discussion: String = "",
    parameters: [any DeclaredParameter] = [], examples: [Example] = [],
    run: @escaping @Sendable (Invocation) throws -> Void
  ) {
    self.name = name
    self.summary = summary
    self.discussion = discussion
    self.parameters = parameters
    self.examples = examples
    self.action = .run(run)
  }

  /// A command that holds sub-commands.
  ///
  /// - Parameters:
  ///   - name: The word that calls it; of the outermost command, the name of the tool.
  ///   - summary: What its sub-commands are about, in one line.
  ///   - discussion: More about it, laid out as for a command that runs.
  ///   - parameters: What all of its sub-commands take too; options among them may stand before or
  ///     after the sub-command's name.
  ///   - examples: Calls to learn from.
  ///   - subcommands: The sub-commands, in the order of the help.
  public init(
    _ name: String, summary: String, discussion: String = "",
    parameters: [any DeclaredParameter] = [], examples: [Example] = [], subcommands: [Command]
  ) {
    self.name = name
    self.summary = summary
    self.discussion = discussion
    self.parameters = parameters
    self.examples = examples
    self.action = .subcommands(subcommands)
  }

  var declarations: [Declaration] { parameters.map(\.declaration) }

  /// The sub-commands, or nothing where the command runs.
  var subcommands: [Command]? {
    if case .subcommands(let subcommands) = action { subcommands } else { nil }
  }
}
