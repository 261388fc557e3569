import Foundation

/// A command line tool: its outermost command, called with arguments.
///
/// Every command of the tool also takes `--help`, `-h` and `--version`, and every command that holds
/// sub-commands takes `help` as a sub-command: `help sweep run` is `sweep run --help`.
///
/// An option is written `--name value` or `--name=value`; `--` ends the options. Negative numbers
/// are values, not options.
public struct CommandLineTool: Sendable {
  let root: Command
  private let version: String

  /// A tool with the name of its outermost command.
  public init(_ root: Command, version: String) {
    self.root = root
    self.version = version
  }

  /// Does what `arguments` ask and returns the exit status of the process.
  ///
  /// - Parameter arguments: What follows the name of the tool.
  /// - Returns: 0 where it was done; 1 where it could not be, the command having thrown; 2 where it
  ///   was asked wrongly. 1 and 2 come with a message on standard error. A reader that closes
  ///   standard output early ends the command without a message and with 141, the status that a
  ///   shell reports for any program which ends that way.
  public func run(_ arguments: [String], output: Output) -> Int32 {
    var parser = Parser(root: root)
    do {
      try parser.parse(arguments)
      return try perform(&parser, output)
    } catch let error as UsageError {
      let help = help(parser, for: output.standardError)
      output.report("\(help.name): \(error)\n\(help.usage)\nSee '\(help.name) --help'.")
      return 2
    } catch OutputError.closed {
      return 128 + SIGPIPE
    } catch {
      let style = output.standardError.style
      output.report("\(root.name): \(style.bold(style.red("error:"))) \(message(of: error))")
      return 1
    }
  }

  private func perform(_ parser: inout Parser, _ output: Output) throws -> Int32 {
    if parser.texts[Parser.help.label] != nil {
      try output.print(help(parser, for: output.standardOutput).text)
    } else if parser.texts[Parser.version.label] != nil {
      try output.print("\(root.name) \(version)")
    } else if case .run(let run) = parser.command.action {
      try parser.finish()
      try run(Invocation(texts: parser.texts, output: output))
    } else {
      // A sub-command is missing: the list of them is the best answer, but not what was asked for.
      output.report(help(parser, for: output.standardError).text)
      return 2
    }
    return 0
  }

  private func help(_ parser: Parser, for stream: TextStream) -> HelpText {
    HelpText(parser.command, in: parser.ancestors, for: stream)
  }

  /// What to tell of an error. Foundation's describe themselves in terms of domains and codes and
  /// keep the sentence for people elsewhere.
  private func message(of error: any Error) -> String {
    (error as? CocoaError)?.localizedDescription ?? String(describing: error)
  }
}
