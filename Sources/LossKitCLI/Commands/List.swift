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
  private static let kind = Argument.optional(
    .choice("KIND", from: ComponentKind.allCases.map(\.rawValue)),
    help: "Which kind: \(ComponentKind.allCases.map(\.rawValue).joined(separator: ", ")).")

  /// `losskit list`.
  static let list = Command(
    "list", summary: "List the components that recipes may name.",
    arguments: [kind, Options.plugins, Options.json],
    examples: [UsageExample("losskit list loss", "List the losses.")]
  ) { call in
    let kind = try call[kind]
    let components = KnownComponent.all(in: try call.registry)
      .filter { kind == nil || $0.kind.rawValue == kind }
    if try call[Options.json] {
      let nodes = components.map { component -> JSONNode in
        [
          "kind": JSONNode(component.kind.rawValue),
          "name": JSONNode(component.declaration.name),
          "summary": JSONNode(component.declaration.summary),
        ]
      }
      try call.output.print(json: JSONNode(nodes))
      return
    }
    var table = Table([.init("kind"), .init("name"), .init("summary")])
    for component in components {
      table.append([
        component.kind.rawValue, component.declaration.name, component.declaration.summary,
      ])
    }
    try call.output.print(table.text(style: call.output.standardOutput.style))
  }
}
