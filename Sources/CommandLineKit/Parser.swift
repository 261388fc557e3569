import StrictJSON

/// Finds which command is meant and which texts its arguments are given.
struct Parser {
  static let help = Argument.flag("help", short: "h", help: "Show this help.").erased
  static let version = Argument.flag("version", help: "Show the version.").erased

  /// The options that every command takes.
  static let builtIn = [help, version]

  /// The command named so far.
  private(set) var command: Command
  /// The commands around it, outermost first.
  private(set) var ancestors: [Command] = []
  /// What was given for each argument, by label.
  private(set) var texts: [String: [String]] = [:]
  private var positionals: [String] = []
  private var optionsEnded = false

  init(root: Command) {
    command = root
  }

  private var arguments: [AnyArgument] { (ancestors + [command]).flatMap(\.arguments) }

  /// Goes through `tokens`; ``finish()`` does what can be told only when help was not asked for.
  mutating func parse(_ tokens: [String]) throws(UsageError) {
    var rest = tokens[...]
    while let subcommands = command.subcommands, let token = rest.first {
      if let fallback = command.fallback, !names(token, of: subcommands) {
        ancestors.append(command)
        command = fallback
        break
      }
      rest.removeFirst()
      if try !parseOption(token, &rest) { try enter(token, among: subcommands) }
    }
    // Someone who asks for help wants it all the more where the rest is wrong.
    if !optionsEnded, rest.prefix(while: { $0 != "--" }).contains(where: Self.help.answers) {
      texts[Self.help.label] = [""]
      return
    }
    while let token = rest.popFirst() {
      if try !parseOption(token, &rest) { positionals.append(token) }
    }
  }

  /// Hands the positional texts to their arguments and checks that all is there and can be read.
  mutating func finish() throws(UsageError) {
    assignPositionals()
    let missing = arguments.filter { $0.isRequired && texts[$0.label] == nil }
    guard missing.isEmpty else {
      throw UsageError("missing \(missing.map(\.signature).joined(separator: ", "))")
    }
    if let unexpected = positionals.first {
      throw UsageError("unexpected argument \(unexpected.quoted)")
    }
    for argument in arguments {
      try argument.check(texts[argument.label] ?? [])
    }
  }

  /// Moves each positional text to the argument whose place it has. An argument that can take more, or
  /// could do without, gets only what the required ones leave.
  private mutating func assignPositionals() {
    let placed = arguments.filter { $0.form == .positional }
    var spare = max(0, positionals.count - placed.count(where: \.isRequired))
    for argument in placed {
      let extra = argument.isRepeatable ? spare : argument.isRequired ? 0 : min(1, spare)
      spare -= extra
      let taken = positionals.prefix((argument.isRequired ? 1 : 0) + extra)
      if !taken.isEmpty { texts[argument.label] = Array(taken) }
      positionals.removeFirst(taken.count)
    }
  }

  /// Whether `token` is for a command that holds sub-commands, rather than for the one that stands in for them.
  private func names(_ token: String, of subcommands: [Command]) -> Bool {
    token == Self.help.name || subcommands.contains { $0.name == token }
      || (arguments + Self.builtIn).contains { $0.answers(to: token) }
  }

  private mutating func enter(_ name: String, among subcommands: [Command]) throws(UsageError) {
    if let subcommand = subcommands.first(where: { $0.name == name }) {
      ancestors.append(command)
      command = subcommand
    } else if name == Self.help.name {
      texts[Self.help.label] = [""]
    } else {
      let names = subcommands.map(\.name) + [Self.help.name]
      let nearest = nearestName(to: name, in: names)
      let known = nearest == nil ? "; there are \(names.joined(separator: ", "))" : ""
      throw UsageError("unknown command \(name.quoted)\(known)", suggestion: nearest)
    }
  }

  /// Takes `token` where it is an option or ends them, its value from `rest` included; answers
  /// whether it did.
  private mutating func parseOption(
    _ token: String, _ rest: inout ArraySlice<String>
  ) throws(UsageError) -> Bool {
    guard !optionsEnded, isOption(token) else { return false }
    guard token != "--" else {
      optionsEnded = true
      return true
    }
    let name = String(token.prefix { $0 != "=" })
    let attached = token.firstIndex(of: "=").map { String(token[$0...].dropFirst()) }
    let options = arguments + Self.builtIn
    guard let option = options.first(where: { $0.answers(to: name) }) else {
      throw unknownOption(name, among: options)
    }
    if option.form == .flag {
      guard attached == nil else { throw UsageError("option \(name.quoted) takes no value") }
      texts[option.label] = [""]
    } else {
      let value = if let attached { attached } else { try takeValue(of: option, from: &rest) }
      let earlier = texts[option.label] ?? []
      guard earlier.isEmpty || option.isRepeatable else {
        throw UsageError("option \(option.label.quoted) is given twice; give it once")
      }
      texts[option.label] = earlier + [value]
    }
    return true
  }

  /// The value that follows an option. Another option does not count as one, lest
  /// `--output --json` write a file of that name.
  private func takeValue(
    of option: AnyArgument, from rest: inout ArraySlice<String>
  ) throws(UsageError) -> String {
    if let value = rest.first, !isOption(value) {
      rest.removeFirst()
      return value
    }
    let hint = rest.isEmpty ? "" : "; a value that begins with \"-\" goes behind \"=\""
    throw UsageError("option \(option.label.quoted) needs a value, \(option.valueName)\(hint)")
  }

  private func unknownOption(_ name: String, among options: [AnyArgument]) -> UsageError {
    if let subcommands = command.subcommands,
      subcommands.contains(where: { $0.arguments.contains { $0.answers(to: name) } })
    {
      return UsageError("option \(name.quoted) goes after the command")
    }
    // Without the dashes: they would make any two short names look alike.
    let known = options.filter { $0.form != .positional }.map(\.name)
    let nearest = nearestName(to: String(name.drop { $0 == "-" }), in: known)
    return UsageError("unknown option \(name.quoted)", suggestion: nearest.map { "--\($0)" })
  }
}

/// Whether `token` is written as an option. A dash alone is not (by custom it means standard input),
/// nor is a negative number or a list that begins with one.
private func isOption(_ token: String) -> Bool {
  guard token.hasPrefix("-"), let second = token.dropFirst().first else { return false }
  let first = token.prefix { !$0.isWhitespace && $0 != "," }
  return !second.isNumber && second != "." && Double(first) == nil
}
