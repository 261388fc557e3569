import CommandLineKit
import LossKit

extension Invocation {
  /// Tells of what is probably wrong, a line each.
  ///
  /// - Throws: All of it if the call is strict.
  func warn(_ warnings: [String]) throws {
    if try self[Options.strict], !warnings.isEmpty { throw Warnings(lines: warnings) }
    for warning in warnings { output.report(warning: warning) }
  }
}

extension Output {
  /// Tells of something that is probably wrong.
  func report(warning: String) {
    let style = standardError.style
    report("\(style.bold(style.yellow("warning:"))) \(warning)")
  }
}

/// Warnings that are taken for errors.
private struct Warnings: LinedError {
  let lines: [String]
}
