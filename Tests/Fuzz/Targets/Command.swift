import CommandLineTestSupport
import TestSupport

@testable import CommandLineKit
@testable import LossKitCLI

extension FuzzTarget {
  /// The words of a command line, each a part. Commands that change nothing, and take no time, are run.
  static let command = Self(
    name: "command",
    words: LossKitTool.tool.root.words.sorted() + [
      "\u{1E}", "--", "=", "-h", "loss", "smooth_l1", "1 2 3; 4 5 6", "beta=0.1", "scenes:seed=3,",
      "size=160x120", "split=held_out", "9223372036854775808", "-9223372036854775808", "nan",
      "1e308",
    ],
    seeds: {
      [
        ["list", "loss", "--json"], ["show", "smooth_l1"], ["help", "sweep", "run"],
        ["try", "smooth_l1", "--set", "beta=0.1", "--predictions", "0.3 -2", "--targets", "0 0"],
        ["try", "softmax_cross_entropy", "--predictions=1 2 3", "--targets", "2", "--json"],
        [
          "train", "--recipe", "a.json", "--data", "scenes:seed=3,size=160x120,count=5", "--out",
          "b",
        ],
        ["evaluate", "a.json", "b.safetensors", "--gradients", "c", "--threads", "2"],
        ["bench", "softmax", "--runs", "3"],
      ].map { input($0) }
    },
    reader: { _ in
      let tool = CommandLineTool(LossKitTool.tool.root.harmless, version: "0")
      return { input in
        let arguments = parts(input).map { String(decoding: $0, as: UTF8.self) }
        let answer = Answer(to: arguments, of: tool)
        try require((0...2).contains(answer.status), "status \(answer.status)")
        try require(answer.status == 0 || !answer.errors.isEmpty, "an error without a word")
        try requireShort(answer.errors, of: input)
        try requireVisible(answer.text)
        try requireVisible(answer.errors)
      }
    })
}

extension Command {
  /// The names of this command, of its options, and of all below it.
  fileprivate var words: Set<String> {
    Set([name] + arguments.map(\.label)).union((subcommands ?? []).flatMap(\.words))
  }

  /// This command without its work, if that changes or loads something, or could take long.
  fileprivate var harmless: Command {
    switch action {
    case .subcommands(let subcommands, let fallback):
      Command(
        name, summary: summary, discussion: discussion, arguments: arguments, examples: examples,
        subcommands: subcommands.map(\.harmless), fallback: fallback)
    case .run(let run):
      Command(
        name, summary: summary, discussion: discussion, arguments: arguments, examples: examples
      ) { [name] call in
        let isLong = call.texts["--random"] != nil || call.texts["--plugin"] != nil
        if ["list", "show", "try"].contains(name), !isLong { try run(call) }
      }
    }
  }
}
