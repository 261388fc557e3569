import CommandLineKit
import LossKit

/// A component and its kind.
struct KnownComponent {
  let kind: ComponentKind
  let declaration: Declaration

  /// The components of `registry`, by kind and name.
  static func all(in registry: Registry) -> [KnownComponent] {
    ComponentKind.allCases.flatMap { kind in
      kind.declarations(in: registry).map { KnownComponent(kind: kind, declaration: $0) }
    }
  }
}

extension Command {
  private static let kinds = ComponentKind.allCases.map(\.rawValue) + ["recipe"]
  private static let kind = Argument.optional(
    .choice("KIND", from: kinds), help: "Which kind: \(kinds.joined(separator: ", ")).")

  /// `losskit list`.
  static let list = Command(
    "list", summary: "List the components that recipes may name, and the recipes that are shipped.",
    arguments: [kind, Options.plugins, Options.json],
    examples: [
      UsageExample("losskit list loss", "List the losses."),
      UsageExample("losskit list recipe", "List the recipes, which commands find by name."),
    ]
  ) { call in
    let kind = try call[kind]
    let entries = try ListEntry.all(in: try call.registry)
      .filter { kind == nil || $0.kind == kind }
    if try call[Options.json] {
      try call.output.print(json: JSONNode(entries.map(\.node)))
      return
    }
    var table = Table([.init("kind"), .init("name"), .init("summary")])
    for entry in entries { table.append([entry.kind, entry.name, entry.summary]) }
    try call.output.print(table.text(style: call.output.standardOutput.style))
  }
}

/// A line of the list.
private struct ListEntry {
  let kind: String
  let name: String
  let summary: String

  /// The components of `registry`, then the shipped recipes with the first sentence of their descriptions.
  static func all(in registry: Registry) throws -> [ListEntry] {
    let components = KnownComponent.all(in: registry).map {
      ListEntry(
        kind: $0.kind.rawValue, name: $0.declaration.name, summary: $0.declaration.summary)
    }
    let recipes = try DetectionRecipe.shippedNames.map { name in
      let description =
        try DetectionRecipe(named: name, registry: registry)
        .node["description"]?.string ?? ""
      let end = description.firstRange(of: ". ")?.lowerBound ?? description.endIndex
      let sentence = description[..<end]
      return ListEntry(
        kind: "recipe", name: name, summary: sentence + (sentence.hasSuffix(".") ? "" : "."))
    }
    return components + recipes
  }

  var node: JSONNode {
    ["kind": JSONNode(kind), "name": JSONNode(name), "summary": JSONNode(summary)]
  }
}
