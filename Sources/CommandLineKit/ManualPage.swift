extension CommandLineTool {
  /// The page of the tool for `man`, of section 1, in the macros of man(7): all commands, made from what they
  /// declare as their help is.
  public func manualPage(section title: String) -> String {
    let name = Self.escaped(root.name)
    var lines = [
      ".TH \(root.name.uppercased()) 1 \"\" \"\(root.name) \(version)\" \(Self.quoted(title))",
      ".SH NAME",
      "\(name) \\- \(Self.escaped(root.summary.firstSentence))", ".SH SYNOPSIS", ".B \(name)",
      ".I COMMAND", "[arguments]", ".SH DESCRIPTION",
    ]
    lines += Self.paragraphs(root.discussion) + [".SH OPTIONS"]
    lines += Self.entries(root.arguments + Parser.builtIn) + [".SH COMMANDS"]
    lines += (root.subcommands ?? []).flatMap { Self.section($0, path: root.name) }
    lines += Self.examples(root.examples, heading: ".SH EXAMPLES")
    return lines.joined(separator: "\n")
  }

  private static func section(_ command: Command, path: String) -> [String] {
    let path = "\(path) \(command.name)"
    let usage = command.arguments.map(\.usage) + (command.subcommands == nil ? [] : ["COMMAND"])
    let own =
      [".SS \(quoted(path))"] + paragraphs(command.summary)
      + [".PP", ".B \(quoted(path))", escaped(usage.joined(separator: " "))]
      + paragraphs(command.discussion) + entries(command.arguments)
      + examples(command.examples, heading: ".PP")
    return own + (command.subcommands ?? []).flatMap { section($0, path: path) }
  }

  private static func entries(_ arguments: [AnyArgument]) -> [String] {
    arguments.flatMap { argument in
      let short = argument.short.map { "-\($0), " } ?? ""
      return [".TP", ".B \(quoted(short + argument.signature))", escaped(argument.help)]
    }
  }

  private static func examples(_ examples: [UsageExample], heading: String) -> [String] {
    examples.isEmpty
      ? []
      : [heading]
        + examples.flatMap { [".TP", ".B \(quoted($0.line))", escaped($0.explanation)] }
  }

  /// Paragraphs as wrapped by `man`; lines that begin with a space stay as they are.
  private static func paragraphs(_ text: String) -> [String] {
    var lines: [String] = text.isEmpty ? [] : [".PP"]
    var isVerbatim = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) where !text.isEmpty {
      if line.hasPrefix(" ") != isVerbatim, !line.isEmpty {
        isVerbatim.toggle()
        lines += isVerbatim ? [".nf"] : [".fi"]
      }
      lines.append(line.isEmpty ? (isVerbatim ? "" : ".PP") : escaped(String(line)))
    }
    return lines + (isVerbatim ? [".fi"] : [])
  }

  /// An argument of a macro.
  private static func quoted(_ text: String) -> String {
    "\"" + escaped(text).replacing("\"", with: "\\(dq") + "\""
  }

  /// Text in which nothing is an instruction, and hyphens can be copied into a shell.
  private static func escaped(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
  }
}
