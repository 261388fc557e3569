import LossKit

/// A kind of component, named by the key under which recipes have it.
enum ComponentKind: String, CaseIterable {
  case loss
  case priors
  case assigner
  case sampler
  case coder

  /// What the registered components of this kind say of themselves, ordered by name.
  func declarations(in registry: Registry) -> [Declaration] {
    switch self {
    case .loss: registry.losses.entries.map(\.declaration)
    case .priors: registry.priors.entries.map(\.declaration)
    case .assigner: registry.assigners.entries.map(\.declaration)
    case .sampler: registry.samplers.entries.map(\.declaration)
    case .coder: registry.coders.entries.map(\.declaration)
    }
  }
}

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
