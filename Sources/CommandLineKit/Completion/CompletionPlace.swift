/// What may follow the words that name a command.
struct CompletionPlace {
  /// A word, and what it means.
  typealias Word = (name: String, help: String)

  /// The command with those around it: `losskit sweep run`.
  let path: String
  /// All options, those of the commands around it included.
  let options: [AnyArgument]
  let subcommands: [Word]
  /// What positional arguments may be, whichever is meant.
  let words: [String]
  let offersFiles: Bool

  /// The places of a command and of all below it.
  static func all(in root: Command) -> [CompletionPlace] {
    places(of: root, path: root.name, inherited: Parser.builtIn)
  }

  private static func places(
    of command: Command, path: String, inherited: [AnyArgument]
  ) -> [CompletionPlace] {
    let own = command.arguments + inherited
    let arguments = (command.fallback?.arguments ?? []) + own
    let positionals = arguments.filter { $0.form == .positional }
    let subcommands = command.subcommands ?? []
    let place = CompletionPlace(
      path: path, options: arguments.filter { $0.form != .positional },
      subcommands: subcommands.map { ($0.name, $0.summary) }
        + (subcommands.isEmpty ? [] : [(Parser.help.name, "Show the help of a command.")]),
      words: positionals.flatMap { $0.completion.words() },
      offersFiles: positionals.contains { $0.completion.offersFiles })
    return [place]
      + subcommands.flatMap { places(of: $0, path: "\(path) \($0.name)", inherited: own) }
  }

  /// The options that take a value.
  var valueOptions: [AnyArgument] { options.filter { $0.form == .option } }
}

extension AnyArgument {
  /// The names of an option, dashes included.
  var names: [String] { [label] + (short.map { ["-\($0)"] } ?? []) }

  /// The first sentence of the help.
  var shortHelp: String { help.firstSentence }
}

extension String {
  /// The text up to its first full stop that ends a sentence, which is left out.
  var firstSentence: String {
    let end = firstRange(of: ". ")?.lowerBound ?? endIndex
    let sentence = self[..<end]
    return String(sentence.hasSuffix(".") ? sentence.dropLast() : sentence)
  }

  /// The text in single quotes as shells of Bourne's family read it.
  var shellQuoted: String { "'" + replacing("'", with: #"'\''"#) + "'" }
}
