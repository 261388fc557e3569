import Files
import Foundation
import StrictJSON

/// A command line tool: its outermost command, called with arguments.
///
/// Every command of the tool also takes `--help`, `-h` and `--version`, and every command that holds
/// sub-commands takes `help` as a sub-command: `help sweep run` is `sweep run --help`.
///
/// An option is written `--name value` or `--name=value`; `--` ends the options. Negative numbers
/// are values, not options.
public struct CommandLineTool: Sendable {
  let root: Command
  let version: String
  private let prepare: @Sendable () throws -> Void

  /// A tool with the name of its outermost command.
  ///
  /// - Parameter prepare: What is to be done before any command runs, such as to look at the environment;
  ///   not before help.
  public init(
    _ root: Command, version: String, prepare: @escaping @Sendable () throws -> Void = {}
  ) {
    self.root = root
    self.version = version
    self.prepare = prepare
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
      output.report("\(help.name): \(error)\n\(help.hint)")
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
      try prepare()
      // What the command reads, it must not write over.
      let call = Invocation(texts: parser.texts, output: output)
      try InputFiles.$current.withValue(InputFiles()) { try run(call) }
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

  /// What to tell of an error: a line, unless it is known for lines of its own. Foundation's describe
  /// themselves in terms of domains and codes and keep the sentence for people elsewhere.
  private func message(of error: any Error) -> TerminalText {
    switch error {
    case let error as any LinedError: error.lines.map { "\($0)" }.joined(separator: "\n")
    case let error as CocoaError: "\(error.localizedDescription)"
    default: "\(error)"
    }
  }
}
