import StrictJSON

/// One of the things that a sweep compares: a recipe with its settings, trained once a seed.
public struct SweepVariant: Sendable {
  /// What reports call it: the values that it doesn't share with all other variants.
  public let name: String
  /// The values of the sweep's varying parameters.
  public let settings: [SweepSetting]
  /// The recipe, all settings applied, without `extends`; its plugins as the recipe's file names them.
  public let recipe: JSONNode
  /// The settings of model and training; an empty object where all are the trainer's defaults.
  public let model: JSONNode

  /// The value of a varying parameter, or `nil` if this variant doesn't set it.
  public func value(at path: JSONPath) -> JSONNode? {
    settings.first { $0.path == path }?.node
  }
}

/// One run of the trainer: a variant and a seed.
public struct SweepTrial: Sendable {
  /// Its place in the sweep, from 0.
  public let index: Int
  /// The position of its variant in the plan.
  public let variantIndex: Int
  /// What it trains.
  public let variant: SweepVariant
  /// The seed that it trains with.
  public let seed: Int
}
