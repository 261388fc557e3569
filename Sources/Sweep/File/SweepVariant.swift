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
  /// What tells it from other variants, wherever it stands in the file and whatever it is called.
  let id: String

  /// The value of a varying parameter, or `nil` if this variant doesn't set it.
  public func value(at path: JSONPath) -> JSONNode? {
    settings.first { $0.path == path }?.node
  }
}

/// One run of the trainer: a variant and a seed.
public struct SweepTrial: Sendable {
  /// The number of its folder, which it keeps when the sweep grows; by default its place in the plan.
  public let index: Int
  /// The position of its variant in the plan.
  public let variantIndex: Int
  /// What it trains.
  public let variant: SweepVariant
  /// The seed that it trains with.
  public let seed: Int

  /// What tells it from all other trials there could be.
  var id: String { "\(variant.id)-\(seed)" }
}
