import CommandLineKit
import LossKit

extension Command {
  private static let name = Argument.required(
    .text("NAME"), help: "The name of a component, as recipes write it.")

  /// `losskit show`.
  static let show = Command(
    "show", summary: "Show a component: its formula, parameters and source.",
    arguments: [name, Options.plugins, Options.json],
    examples: [UsageExample("losskit show smooth_l1", "Show the smooth L1 loss.")]
  ) { call in
    let name = try call[name]
    let known = KnownComponent.all(in: try call.registry)
    let components = known.filter { $0.declaration.name == name }
    guard !components.isEmpty else {
      throw UsageError(
        "no component is called \(Diagnostic.quote(name)); 'losskit list' shows all",
        suggestion: nearestName(to: name, in: known.map(\.declaration.name)))
    }
    if try call[Options.json] {
      try call.output.print(json: JSONNode(components.map(\.node)))
    } else {
      let stream = call.output.standardOutput
      try call.output.print(components.map { $0.text(for: stream) }.joined(separator: "\n\n"))
    }
  }
}

extension KnownComponent {
  /// All that is known of the component, laid out for people.
  fileprivate func text(for stream: TextStream) -> TerminalText {
    let formula: [TerminalText] = declaration.formula.split(separator: "\n").map { "  \($0)" }
    let name = stream.style.bold("\(declaration.name)")
    return [
      "\(name) (\(kind.rawValue))\n\(declaration.summary)",
      formula.joined(separator: "\n"),
      parameters(for: stream),
      "Source: \(declaration.source)",
    ].joined(separator: "\n\n")
  }

  private func parameters(for stream: TextStream) -> TerminalText {
    guard !declaration.parameters.isEmpty else { return "No parameters." }
    var table = Table(["parameter", "type", "default", "range", "meaning"].map { .init($0) })
    for parameter in declaration.parameters {
      table.append([
        parameter.name, parameter.kind.description,
        parameter.defaultValue?.description ?? "required",
        parameter.kind.range?.description ?? "", parameter.help,
      ])
    }
    return table.text(style: stream.style, width: stream.width)
  }

  fileprivate var node: JSONNode {
    [
      "kind": JSONNode(kind.rawValue),
      "name": JSONNode(declaration.name),
      "summary": JSONNode(declaration.summary),
      "formula": JSONNode(declaration.formula),
      "source": JSONNode(declaration.source),
      "parameters": JSONNode(
        declaration.parameters.map { parameter in
          JSONNode(
            JSONObject([
              "name": JSONNode(parameter.name),
              "type": JSONNode(parameter.kind.description),
              "required": JSONNode(parameter.defaultValue == nil),
              "default": parameter.defaultValue.map { JSONNode($0) },
              "range": parameter.kind.range.map { JSONNode($0.description) },
              "meaning": JSONNode(parameter.help),
            ]))
        }),
    ]
  }
}
