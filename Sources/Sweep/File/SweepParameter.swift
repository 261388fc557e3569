import StrictJSON

/// Something that a sweep sets: a path, and the values that it takes there.
struct SweepParameter: Sendable {
  /// How numbers between two bounds are drawn.
  enum Distribution: String, CaseIterable {
    /// Every number alike.
    case uniform
    /// Every factor alike: the logarithm is uniform. Both bounds are the values themselves.
    case logUniform = "log_uniform"
    /// Every integer alike, both bounds included.
    case integerUniform = "int_uniform"
  }

  /// The values that a parameter takes.
  enum Domain {
    /// The same in all trials.
    case constant(JSONNode)
    /// One of some.
    case values([JSONNode])
    /// A number between two bounds.
    case range(minimum: Double, maximum: Double, Distribution)
  }

  /// What a path leads into.
  enum Place: String, CaseIterable {
    /// The whole recipe, by its file.
    case recipe
    /// The recipe's stages.
    case stages
    /// The model, in the file of model and training.
    case model
    /// The training, in the same file.
    case training
  }

  let path: JSONPath
  let place: Place
  let domain: Domain
  /// Where the file has it.
  let location: SourceLocation

  var isConstant: Bool {
    if case .constant = domain { true } else { false }
  }
}

/// A value for a parameter's path.
public struct SweepSetting: Sendable, Equatable {
  /// The path in the recipe, or one that begins with `model` or `training`, or `recipe` itself.
  public let path: JSONPath
  /// The value set there.
  public let node: JSONNode
}
