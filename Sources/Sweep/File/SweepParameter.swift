import StrictJSON

/// Something that a sweep sets: a path, and the values that it takes there.
struct SweepParameter: Sendable {
  /// How numbers are drawn. Those that begin with `q` are multiples of `q`, the nearest to a number drawn so.
  enum Distribution: String, CaseIterable {
    /// Every number alike.
    case uniform
    case quantizedUniform = "q_uniform"
    /// Every factor alike: the logarithm is uniform. Both bounds are the values themselves.
    case logUniform = "log_uniform"
    case quantizedLogUniform = "q_log_uniform"
    /// Every integer alike, both bounds included.
    case integerUniform = "int_uniform"
    /// Around `mu`, with the standard deviation `sigma`.
    case normal
    case quantizedNormal = "q_normal"
    /// e to the power of a number around `mu`, with the standard deviation `sigma`.
    case logNormal = "log_normal"
    case quantizedLogNormal = "q_log_normal"

    var isQuantized: Bool { rawValue.hasPrefix("q_") }
    var isNormal: Bool { rawValue.hasSuffix("normal") }
    /// Whether it is the logarithm that is distributed so.
    var isLogarithmic: Bool { rawValue.contains("log_") }
  }

  /// The values that a parameter takes.
  enum Domain {
    /// The same in all trials.
    case constant(JSONNode)
    /// One of some: each alike where there are no probabilities.
    case values([JSONNode], probabilities: [Double]?)
    /// A number between two bounds, or with a mean and a standard deviation; a multiple of `step` if there is one.
    case number(Distribution, Double, Double, step: JSONNode?)
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
