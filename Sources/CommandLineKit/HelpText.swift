/// The help of a command, laid out for a stream.
struct HelpText {
  private let command: Command
  private let ancestors: [Command]
  private let style: Style
  private let width: Int

  /// The words that call the command: `losskit sweep run`.
  let name: String

  init(_ command: Command, in ancestors: [Command], for stream: TextStream) {
    self.command = command
    self.ancestors = ancestors
    style = stream.style
    width = stream.width
    name = (ancestors + [command]).map(\.name).joined(separator: " ")
  }

  /// The whole help, without a newline at its end.
  var text: TerminalText {
    let sections = [
      wrapped(command.summary, width: width),
      [usage],
      wrapped(command.discussion, width: width),
      section("Arguments", arguments),
      section("Commands", (command.subcommands ?? []).map { Entry($0.name, $0.summary) }),
      section("Options", ownOptions),
      section("Global options", inheritedOptions),
      examples,
      command.subcommands == nil ? [] : ["See '\(name) COMMAND --help' for the help of a command."],
    ]
    return TerminalText(
      verbatim: sections.filter { !$0.isEmpty }
        .map { $0.joined(separator: "\n") }
        .joined(separator: "\n\n"))
  }

  /// How to call the command, with all that is its own, continued under the first argument.
  private var usage: String {
    let start = "Usage: \(name)"
    let words = command.arguments.map(\.usage) + (command.subcommands == nil ? [] : ["COMMAND"])
    let lines = filled(words, width: max(width - start.count - 1, width / 2))
    let indent = "\n" + spaces(start.count + 1)
    return lines.isEmpty ? start : "\(start) \(lines.joined(separator: indent))"
  }

  /// What to read where the command was called wrongly.
  var hint: TerminalText { TerminalText(verbatim: "\(usage)\nSee '\(name) --help'.") }

  private var arguments: [Entry] {
    command.arguments.filter { $0.form == .positional }.map { Entry($0.name, $0.help) }
  }

  /// The options in the section of the command itself: of the outermost one all, since nothing is
  /// more global than it.
  private var ownOptions: [Entry] {
    options(command.arguments + (ancestors.isEmpty ? Parser.builtIn : []))
  }

  private var inheritedOptions: [Entry] {
    ancestors.isEmpty ? [] : options(ancestors.flatMap(\.arguments) + Parser.builtIn)
  }

  /// The options among `arguments`, long names under each other where any has a short one.
  private func options(_ arguments: [AnyArgument]) -> [Entry] {
    let options = arguments.filter { $0.form != .positional }
    let gap = options.contains { $0.short != nil } ? "    " : ""
    return options.map { Entry(($0.short.map { "-\($0), " } ?? gap) + $0.signature, $0.help) }
  }

  private var examples: [String] {
    guard !command.examples.isEmpty else { return [] }
    return [style.bold("Examples:").text]
      + command.examples.flatMap { example in
        ["  \(example.line)"] + indented(example.explanation, by: 6)
      }
  }

  /// A heading and its entries, the explanations in a column of their own. A name too long for the
  /// column to its left has a line of its own.
  private func section(_ title: String, _ entries: [Entry]) -> [String] {
    guard !entries.isEmpty else { return [] }
    let widest = max(8, width / 3)
    let column = 4 + (entries.map(\.name.count).filter { $0 <= widest }.max() ?? 4)
    return [style.bold("\(title):").text]
      + entries.flatMap { entry -> [String] in
        let lines = indented(entry.explanation, by: column)
        guard let first = lines.first, entry.name.count <= widest else {
          return ["  \(entry.name)"] + lines
        }
        return ["  \(entry.name)" + first.dropFirst(2 + entry.name.count)] + lines.dropFirst()
      }
  }

  private func indented(_ text: String, by indent: Int) -> [String] {
    wrapped(text, width: max(width - indent, width / 2)).map { spaces(indent) + $0 }
  }
}

/// A name and what it means, in a section of help.
private struct Entry {
  let name: String
  let explanation: String

  init(_ name: String, _ explanation: String) {
    self.name = name
    self.explanation = explanation
  }
}
