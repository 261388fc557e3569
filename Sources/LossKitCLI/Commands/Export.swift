import CommandLineKit
import LossKit

extension Command {
  private static let name = Argument.required(.loss, help: "The name of a loss.")
  private static let languages = LossExport.Language.allCases.map(\.rawValue)
  private static let language = Argument.requiredOption(
    "to", .choice("LANGUAGE", from: languages),
    help: "The language: \(languages.joined(separator: ", ")).")

  /// `losskit export`.
  static let export = Command(
    "export",
    summary: "Write a loss that is a formula as Swift, as a function of PyTorch, or as a C plugin.",
    discussion: """
      What is written has the same value and the same derivative, with parameters that are numbers: their \
      defaults, or what --set says. Swift is written over FormulaValue, to be compiled with LossKit; Python \
      needs PyTorch alone; C needs losskit_plugin.h, and is loaded with --plugin.

      Losses of elements by themselves and of pairs of boxes can be written, those of the library as well as \
      those that formulas define.
      """,
    arguments: [name, language, TryOptions.settings, Options.plugins],
    examples: [
      UsageExample(
        "losskit export wing --plugin Configs/losses/wing.json --to pytorch > wing.py",
        "A loss from a text on GPUs."),
      UsageExample("losskit export giou --to c > giou.c", "A loss of the library as a C plugin."),
    ]
  ) { call in
    let name = try call[name]
    let entry = try call.registry.losses.loss(named: name)
    let settings = try call[TryOptions.settings]
    let loss = try call.made(entry, try call.parameterValues(settings))
    let language = LossExport.Language(rawValue: try call[language]) ?? .swift
    guard let traced = TracedLoss(loss) else {
      throw UsageError(
        "\(name) is no formula of an element or of two boxes, so that it can't be written as one")
    }
    let told = settings.map { "\($0.path)=\((try? $0.node.text(.compact)) ?? "")" }
    let export = LossExport(
      declaration: entry.declaration, loss: traced,
      settings: told.isEmpty ? "" : " --set " + told.joined(separator: " --set "))
    let lines: [TerminalText] = export.text(in: language)
      .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { "\($0)" }
    try call.output.print(lines.joined(separator: "\n"))
  }
}
