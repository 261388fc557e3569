import Formula
import LossCore
import LossKernels

/// A cost by a formula that stands in the recipe.
public struct FormulaCost: MatchCost {
  /// What a formula may read, and what the stage must have for it.
  private static let variables: [(name: String, input: StageInput)] = [
    ("score", .scores), ("iou", .boxes), ("giou", .boxes), ("l1", .boxes), ("distance", .boxes),
  ]

  public static let declaration = Declaration(
    name: "formula",
    summary: "A cost that is written in the recipe.",
    formula: """
      value, of
      score: the predicted probability of the ground truth's class
      iou, giou: of the predicted box and the ground truth, divisors of at least 1e-6
      l1: of centre and sides in shares of the image; distance: of the centres, in pixels
      """,
    source: "LossKit, Formulas",
    parameters: FormulaParameters.all)

  private let formula: Formula
  private let names: [String]
  private let program: FormulaProgram<Float>
  /// The costs of the library whose numbers the formula reads.
  private let costs: [String: any MatchCost]

  /// - Throws: ``ParameterError`` for the first thing that is wrong in the texts.
  public init(parameters: Parameters) throws(ParameterError) {
    formula = try Formula.alone(
      parameters, variables: Self.variables.map(\.name), of: Self.declaration.name)
    (names, program) = formula.program
    do throws(ParameterErrors) {
      costs = [
        "iou": try IoUCost(), "giou": try GIoUCost(), "l1": try L1Cost(),
        "score": try ClassificationCost(),
      ]
    } catch {
      throw error.errors[0]
    }
  }

  public var reads: Set<StageInput> {
    Set(Self.variables.filter { names.contains($0.name) }.map(\.input))
  }

  public func costs(
    of priors: [Int], with object: Int, in request: AssignmentRequest
  ) throws(InputError) -> [Float] {
    guard !names.isEmpty else {
      return priors.map { _ in Float(formula.evaluate([:] as [String: Double]).value) }
    }
    var columns: [[Float]] = []
    for name in names { columns.append(try numbers(name, of: priors, with: object, in: request)) }
    let results = program.evaluate(columns)[0]
    guard let index = results.firstIndex(where: { !$0.isFinite }) else { return results }
    let values = Dictionary(uniqueKeysWithValues: zip(names, columns.map { $0[index] }))
    throw InputError(
      "match cost \(Self.declaration.name)",
      formula.undefinedPart(of: values)
        + " for prior \(priors[index]) and ground truth \(object)")
  }

  private func numbers(
    _ name: String, of priors: [Int], with object: Int, in request: AssignmentRequest
  ) throws(InputError) -> [Float] {
    guard let cost = costs[name] else {
      let target = request.groundTruth.boxes[object].formula.center
      return priors.map { prior in
        let center = request.predictions.boxes[prior].formula.center
        let (x, y) = (center.x - target.x, center.y - target.y)
        return (x * x + y * y).squareRoot()
      }
    }
    let numbers = try cost.costs(of: priors, with: object, in: request)
    // What is good costs little.
    return name == "l1" ? numbers : numbers.map { -$0 }
  }
}
