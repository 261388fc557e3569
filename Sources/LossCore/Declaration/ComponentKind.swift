/// A kind of component, named by the key under which recipes have it.
public enum ComponentKind: String, CaseIterable, Sendable {
  /// A ``Loss``.
  case loss
  /// A ``PriorGenerator``.
  case priors
  /// An ``Assigner``.
  case assigner
  /// A ``MatchCost``.
  case cost
  /// A ``Sampler``.
  case sampler
  /// A ``BoxCoder``.
  case coder
  /// A ``Target``.
  case target
  /// A ``RowWeight``.
  case rowWeight = "row_weight"

  /// What the registered components of this kind say of themselves, and where they come from, ordered by
  /// name.
  public func entries(in registry: Registry) -> [(declaration: Declaration, origin: String)] {
    func entries<Part>(_ catalog: Catalog<Part>) -> [(declaration: Declaration, origin: String)] {
      catalog.entries.map { ($0.declaration, $0.origin) }
    }
    return switch self {
    case .loss: entries(registry.losses)
    case .priors: entries(registry.priors)
    case .assigner: entries(registry.assigners)
    case .cost: entries(registry.costs)
    case .sampler: entries(registry.samplers)
    case .coder: entries(registry.coders)
    case .target: entries(registry.targets)
    case .rowWeight: entries(registry.rowWeights)
    }
  }

  /// What the registered components of this kind say of themselves, ordered by name.
  public func declarations(in registry: Registry) -> [Declaration] {
    entries(in: registry).map(\.declaration)
  }
}
