import StrictJSON

/// What a sweep file says, before its recipes are read.
struct SweepDeclaration {
  /// How the values of the parameters are combined.
  enum Method {
    /// Each value of each parameter with all values of the others.
    case grid
    /// As many combinations as `cap`, drawn by chance from `seed`.
    case random(cap: Int, seed: UInt64)
    /// The combinations that the file lists.
    case list([[SweepSetting]])
  }

  var name: String
  var description: String?
  /// The base recipe, as the file names it.
  var recipe: JSONNode?
  /// The file of model and training, as the file names it.
  var model: JSONNode?
  var data: String
  var validation: String?
  /// The share of the data to train with, where the rest is to measure with.
  var split: Double?
  var method: Method
  var parameters: [SweepParameter]
  var seeds: [Int]
  /// How many of the seeds are spent, where the results decide that.
  var seedRule: SeedRule?
  var metric: SweepMetric
  /// When running trials are stopped, if they are.
  var earlyTermination: EarlyTermination?
  /// The trainer; `nil` for the reference detector's.
  var command: [String]?
  var timeLimit: Double?
  var graceTime: Double
  var concurrency: Int?
  /// Whether trials write event files for TensorBoard.
  var writesEvents = false

  /// What all results depend on, whatever the variant.
  var meaning: JSONObject {
    JSONObject([
      "command": command.map { JSONNode($0.map { JSONNode($0) }) },
      "data": JSONNode(data),
      "validation": validation.map { JSONNode($0) },
      "split": split.map { JSONNode($0) },
    ])
  }

  /// The seeds of a file that names none: the fewest that can tell a difference from noise.
  static let defaultSeeds = [1, 2, 3]
  /// The seconds between SIGTERM and SIGKILL of a file that names none.
  static let defaultGraceTime = 5.0
  /// The images of a file that names none.
  static let defaultData = "scenes"
}
