import Formula
import LossCore
import LossKernels

/// Weighs a positive by a formula that stands in the recipe.
public struct FormulaWeight: RowWeight {
  /// What a formula may read of a positive, and what the stage must have for it.
  private static let variables: [(name: String, input: StageInput?)] = [
    ("score", .scores), ("max_score", .scores), ("iou", .boxes), ("quality", .quality),
    ("overlap", .overlaps), ("centerness", nil), ("distance", nil),
  ]

  public static let declaration = Declaration(
    name: "formula",
    summary: "A weight that is written in the recipe; positives only.",
    formula: """
      value, of
      score: the predicted probability of the matched class; max_score: the largest of all classes
      iou: of the predicted box with the matched box; overlap, quality: as the assigner gives them
      centerness: as the weight of this name; distance: of the centres of prior and matched box, in pixels
      """,
    source: "LossKit, Formulas",
    parameters: FormulaParameters.all)

  private let formula: Formula
  private let names: [String]
  private let program: FormulaProgram<Float>

  /// - Throws: ``ParameterError`` for the first thing that is wrong in the texts.
  public init(parameters: Parameters) throws(ParameterError) {
    formula = try Formula.alone(
      parameters, variables: Self.variables.map(\.name), of: Self.declaration.name)
    (names, program) = formula.program
  }

  public var scope: RowScope { .positives }

  public var reads: Set<StageInput> {
    Set(Self.variables.filter { names.contains($0.name) }.compactMap(\.input))
  }

  public func weights(for image: MatchedPriors) throws(InputError) -> [Float] {
    var columns: [[Float]] = []
    for name in names { columns.append(try numbers(name, of: image)) }
    let weights =
      names.isEmpty
      ? image.positives.map { _ in Float(formula.evaluate([:] as [String: Double]).value) }
      : program.evaluate(columns)[0]
    guard let row = weights.firstIndex(where: { !$0.isFinite }) else { return weights }
    let values = Dictionary(uniqueKeysWithValues: zip(names, columns.map { $0[row] }))
    throw InputError(
      "row weight \(Self.declaration.name)",
      formula.undefinedPart(of: values) + " for prior \(image.positives[row])")
  }

  private func numbers(_ name: String, of image: MatchedPriors) throws(InputError) -> [Float] {
    switch name {
    case "iou": return try predictedOverlaps(of: image)
    case "quality": return try assigned(image.assignment.quality, "qualities", of: image)
    case "overlap": return try assigned(image.assignment.overlaps, "overlaps", of: image)
    case "centerness": return centerness(of: image)
    case "max_score": return try largestScores(of: image)
    case "distance":
      return zip(image.positives, image.boxes).map { prior, box in
        let (center, target) = (image.priors.boxes[prior].formula.center, box.formula.center)
        let (x, y) = (center.x - target.x, center.y - target.y)
        return (x * x + y * y).squareRoot()
      }
    default:
      guard !image.predictions.scores.isEmpty || image.positives.isEmpty else {
        throw InputError("scores", "there are none for \(image.priors.count) priors")
      }
      return zip(image.positives, image.labels(in: .positives)).map { prior, label in
        image.predictions.score(of: prior, label: Int(label), priors: image.priors.count)
      }
    }
  }
}
