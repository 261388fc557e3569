import CommandLineKit
import LossKit

extension Command {
  private static let name = Argument.required(
    .component,
    help: """
      The name of a component, as recipes write it; or a recipe's file or name, which may end in .json \
      to tell it from a component.
      """)

  private static let settings = Argument.repeatableOption(
    "set", .setting("PATH=VALUE"),
    help: """
      Set a value of the recipe, such as stages.rpn.terms.rpn_box.weight=2, or a parameter of the loss whose \
      operations are shown, such as beta=0.1; may be given many times.
      """)

  /// `losskit show`.
  static let show = Command(
    "show", summary: "Show a component: its formula, parameters and source. Or a recipe, whole.",
    discussion: """
      A recipe is shown as the JSON file that it would be without "extends": what it says merged with \
      what it extends and what --set says. Nothing is checked.

      Of a loss that is a formula of an element, or that a text defines, the operations of value and derivative \
      are shown too, with the numbers that parameters have: their defaults, or what --set says.
      """,
    arguments: [name, settings, Options.plugins, Options.json],
    examples: [
      UsageExample("losskit show smooth_l1", "Show the smooth L1 loss."),
      UsageExample(
        "losskit show faster_rcnn_giou > mine.json", "Begin a recipe of one's own with another."),
    ]
  ) { call in
    let name = try call[name]
    let settings = try call[settings]
    let known = KnownComponent.all(in: try call.registry)
    let components = known.filter { $0.declaration.name == name }
    if components.isEmpty {
      // What looks like a path is one, though nothing may be there.
      if RecipeFile.isThere(name) || name.contains("/") || name.hasSuffix(".json") {
        return try call.output.print(
          json: try DetectionRecipe.standalone(contentsOf: name, settings: settings))
      }
      throw UsageError(
        "no component or recipe is called \(Diagnostic.quote(name)); 'losskit list' shows all",
        suggestion: nearestName(
          to: name, in: known.map(\.declaration.name) + DetectionRecipe.shippedNames))
    }
    let listing = try call[Options.json] ? nil : try call.listing(of: name, settings)
    guard listing != nil || settings.isEmpty else {
      throw UsageError(
        "--set is for recipes, and without --json for losses whose operations are shown; "
          + "\(Diagnostic.quote(name)) is none")
    }
    if try call[Options.json] {
      try call.output.print(json: JSONNode(components.map { $0.declaration.node(of: $0.kind) }))
    } else {
      let stream = call.output.standardOutput
      var parts = components.map { $0.text(for: stream) }
      if let listing { parts.append(listing) }
      try call.output.print(parts.joined(separator: "\n\n"))
    }
    if RecipeFile.isThere(name) {
      call.output.report("there is a recipe of this name too: losskit show \(name).json")
    }
  }
}

extension Invocation {
  /// Value and derivative of a loss, operation by operation; `nil` where it isn't a formula that has few.
  fileprivate func listing(
    of name: String, _ settings: [JSONSetting]
  ) throws -> TerminalText? {
    let values = try parameterValues(settings)
    guard let entry = try registry.losses[name],
      entry.declaration.needsNoParameters || !values.isEmpty,
      let traced = TracedLoss(try made(entry, values))
    else { return nil }
    let lines = traced.listing
    guard lines.count <= 60 else { return nil }
    let told = values.isEmpty ? "With the defaults:" : "With these parameters:"
    return (["\(told)"] + lines.map { "  \($0)" }).joined(separator: "\n")
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
}
