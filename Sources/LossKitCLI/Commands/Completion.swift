import CommandLineKit
import LossKit

extension Command {
  private static let shell = Argument.required(
    .choice("SHELL", from: Shell.allCases.map(\.rawValue)), help: "bash, zsh or fish.")

  /// `losskit completion`.
  static let completion: Command = Command(
    "completion", summary: "Print the script by which a shell completes what is typed.",
    discussion: """
      Commands, options, files, and the names of recipes and components are completed. Put the script where the \
      shell looks for it, and open another shell:

        losskit completion bash > ~/.local/share/bash-completion/completions/losskit
        losskit completion zsh > "${fpath[1]}/_losskit"
        losskit completion fish > ~/.config/fish/completions/losskit.fish
      """,
    arguments: [shell],
    examples: [
      UsageExample("losskit completion fish | source", "Complete in this fish, until it ends.")
    ]
  ) { call in
    guard let shell = Shell(rawValue: try call[shell]) else { return }
    try call.output.print(TerminalText(lines: LossKitTool.tool.completionScript(for: shell)))
  }

  /// `losskit manual`.
  static let manual: Command = Command(
    "manual", summary: "Print the manual page, which has the help of all commands.",
    examples: [
      UsageExample("losskit manual > losskit.1 && man ./losskit.1", "Write the page, and read it.")
    ]
  ) { call in
    try call.output.print(
      TerminalText(lines: LossKitTool.tool.manualPage(section: "Losses for object detection")))
  }
}
