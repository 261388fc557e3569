import LossKit
import TestSupport

/// Images in which it is given what each prior answers for, so that tests know all targets.
struct Scene: Sendable {
  /// For each image the match of each prior: the number of a ground truth, -1 for background, -2 for
  /// neither.
  var matches: [[Int32]]
  /// For each image the labels of its ground truths.
  var labels: [[Int]]

  init(matches: [[Int32]], labels: [[Int]]) {
    self.matches = matches
    self.labels = labels
  }

  /// Random matches of as many priors as given for each image, with two to four ground truths whose
  /// labels are at most `classes`.
  init(priors: [Int], classes: Int, seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    labels = priors.map { _ in
      (0..<Int.random(in: 2...4, using: &random)).map { _ in
        Int.random(in: 1...classes, using: &random)
      }
    }
    matches = []
    for (image, count) in priors.enumerated() {
      matches.append(
        (0..<count).map { _ in
          Int32.random(in: -2..<Int32(labels[image].count), using: &random)
        })
    }
  }

  /// A ground truth, each one another box.
  static func box(ofGroundTruth number: Int) -> Box {
    let number = Float(number)
    return Box(3 * number, 5 + number, 3 * number + 20 + number, 2 * number + 40)
  }

  /// A prior, each one another box.
  static func box(ofPrior number: Int) -> Box {
    let x = Float(number)
    return Box(x, 2 * x, x + 12 + Float(number % 7), 2 * x + 16 + Float(number % 5))
  }

  /// The images, told apart by their height; the priors are their proposals as well.
  var batch: DetectionBatch {
    DetectionBatch(
      images: matches.indices.map { image in
        DetectionBatch.Image(
          size: ImageSize(height: image + 1, width: 100),
          groundTruth: GroundTruth(
            boxes: labels[image].indices.map { Self.box(ofGroundTruth: $0) },
            labels: labels[image]),
          proposals: matches[image].indices.map { Self.box(ofPrior: $0) })
      })
  }

  /// A stage that has this scene's matches.
  ///
  /// - Parameter priorsPerCell: For each level the priors of a cell; nothing where the priors are the
  ///   images' proposals.
  func stage(
    _ name: String = "stage", priorsPerCell: [Int]? = nil, sampler: (any Sampler)? = nil,
    _ terms: [Term]
  ) throws -> Stage {
    Stage(
      name: name, priors: NumberedPriors(priorsPerCell: priorsPerCell),
      assigner: ScriptedAssigner(matches: matches), sampler: try sampler ?? AllSampler(),
      coder: try DeltaBoxCoder(), terms: terms)
  }

  /// An objective of one stage that has this scene's matches.
  func objective(
    priorsPerCell: [Int]? = nil, sampler: (any Sampler)? = nil, _ terms: [Term]
  ) throws -> DetectionObjective {
    try DetectionObjective(
      name: "test",
      stages: [try stage(priorsPerCell: priorsPerCell, sampler: sampler, terms)])
  }

  /// What `terms` come to on `predictions`.
  func evaluate<Scalar: LossScalar>(
    priorsPerCell: [Int]? = nil, _ terms: [Term], _ predictions: [String: Tensor<Scalar>]
  ) throws -> ObjectiveResult<Scalar> {
    let objective = try objective(priorsPerCell: priorsPerCell, terms)
    return try objective.evaluate(
      predictions, against: try objective.targets(for: batch, predictions: predictions))
  }

  /// The encoded box that a prior should predict; nothing where it answers for nothing.
  func boxTarget(image: Int, prior: Int) throws -> SIMD4<Float>? {
    let match = Int(matches[image][prior])
    guard match >= 0 else { return nil }
    return try DeltaBoxCoder().encode(
      Self.box(ofGroundTruth: match), relativeTo: Self.box(ofPrior: prior))
  }

  /// The label that a prior should predict, 0 for background; nothing where it takes no part.
  func label(image: Int, prior: Int) -> Int? {
    let match = Int(matches[image][prior])
    return match >= 0 ? labels[image][match] : match == -1 ? 0 : nil
  }
}

/// As many priors as the feature maps hold, or as there are proposals, each with its own box.
struct NumberedPriors: PriorGenerator {
  static let declaration = Declaration(
    name: "numbered", summary: "Priors that are told apart by their boxes.", formula: "",
    source: "tests")
  let priorsPerCell: [Int]?

  init(parameters: Parameters) { priorsPerCell = nil }
  init(priorsPerCell: [Int]?) { self.priorsPerCell = priorsPerCell }

  func priors(for request: PriorRequest) throws(InputError) -> Priors {
    guard let priorsPerCell else { return Priors(request.proposals ?? []) }
    let count = zip(request.featureMaps, priorsPerCell)
      .reduce(0) { $0 + $1.0.height * $1.0.width * $1.1 }
    return Priors((0..<count).map { Scene.box(ofPrior: $0) })
  }
}

/// Gives the matches of an image that it was told; image i is the one of height i + 1.
struct ScriptedAssigner: Assigner {
  static let declaration = Declaration(
    name: "scripted", summary: "Matches as given.", formula: "", source: "tests")
  let matches: [[Int32]]

  init(parameters: Parameters) { matches = [] }
  init(matches: [[Int32]]) { self.matches = matches }

  func assign(
    _ request: AssignmentRequest, workers: Workers
  ) throws(InputError) -> Assignment {
    Assignment(matches: matches[request.imageSize.height - 1])
  }
}
