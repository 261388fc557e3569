import Foundation
import TestSupport

/// An article of the documentation, followed word for word: its texts are written to the files that it
/// says, its commands called, and their output compared where the article shows it.
struct Walkthrough {
  private enum Step {
    case write(String, to: String)
    case call(String, output: String)
  }

  private let steps: [Step]

  /// Reads the article at `path`.
  init(_ path: String) throws {
    var steps: [Step] = []
    var paragraph = ""
    var block: [Substring]?
    for line in try String(contentsOfFile: path, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
    {
      if line.hasPrefix("```"), let lines = block {
        steps += Self.steps(lines, after: paragraph)
        (block, paragraph) = (nil, "")
      } else if line.hasPrefix("```") {
        block = []
      } else if block != nil {
        block?.append(line)
      } else {
        // A blank line ends a paragraph, but for the one before the block.
        if !line.isEmpty, paragraph.hasSuffix("\n\n") { paragraph = "" }
        paragraph += line + "\n"
      }
    }
    self.steps = steps
  }

  /// The steps of a block: calls where it begins with a prompt, else a file where the paragraph before
  /// names one.
  private static func steps(_ lines: [Substring], after paragraph: String) -> [Step] {
    let text = lines.map { $0 + "\n" }.joined()
    guard lines.first?.hasPrefix("$ ") == true else {
      guard let match = paragraph.firstMatch(of: #/(?:text for|this as)\s`(.+?)`/#) else {
        return []
      }
      return [.write(text, to: String(match.1))]
    }
    return ("\n" + text).split(separator: "\n$ ").map { call in
      var lines = call.split(separator: "\n", omittingEmptySubsequences: false)
      let end = lines.firstIndex { !$0.hasSuffix("\\") } ?? lines.startIndex
      let command = lines[...end].joined(separator: "\n")
      lines.removeSubrange(...end)
      return .call(command, output: lines.joined(separator: "\n"))
    }
  }

  /// Follows the article in `folder`; answers what came out other than it says, which is nothing.
  ///
  /// - Parameter builds: Where Swift packages are built instead of their own `.build`, so that they share
  ///   what they have in common.
  func follow(
    in folder: String, environment: [String: String], builds: String
  ) throws -> [String] {
    var folder = folder
    var differences: [String] = []
    for step in steps {
      switch step {
      case .write(let text, let path):
        try Data(text.utf8).write(to: URL(filePath: folder).appending(path: path))
      case .call(let command, _) where command.hasPrefix("cd "):
        folder += "/" + command.dropFirst(3)
      case .call(let command, let output):
        var command = command
        if command.hasPrefix("swift ") {
          command += " --scratch-path \(builds)"
          let link = "\(folder)/.build"
          if !FileManager.default.fileExists(atPath: link) {
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: builds)
          }
        }
        let process = try Subprocess(["sh", "-c", command], in: folder, environment: environment)
        let text = process.text.trimmingCharacters(in: .newlines)
        let expected = output.trimmingCharacters(in: .newlines)
        let fails = expected.contains("losskit: error:")
        if (process.status == 0) == fails || (!expected.isEmpty && text != expected) {
          differences.append("$ \(command)\n\(text)")
        }
      }
    }
    return differences
  }

  /// Whether the article holds `text` as one that goes to a file.
  func writes(_ text: String) -> Bool {
    steps.contains { if case .write(text, _) = $0 { true } else { false } }
  }
}
