import LossCore
import LossKernels

/// Whether the gradient of a loss is the derivative of its value: each derivative held against differences of
/// values, on random rows, on extreme ones, and on rows that straddle kinks.
///
/// Around each prediction x the loss is evaluated at five places, from x − 2h to x + 2h, in Double.
///
/// - Where the difference quotients change evenly from place to place, to a thousandth of the greatest,
///   the derivative must be the central difference of fourth order, to 1e-6.
/// - Where they don't, there is a kink among the places, or a bend as sharp as one: |x| at 0, a tie of a
///   maximum. Then the derivative must lie between the least and the greatest quotient. So at a kink every
///   number between the derivatives on both sides is right, as any of them is a subgradient.
///
/// h is 2⁻¹⁷ of the scale of x, and what rounding may do to a difference is allowed for. A loss whose
/// values are all numbers of single precision is taken to compute in it, as those of C plugins do: h is
/// 2⁻⁷ then, and 1e-3 is allowed.
///
/// What a formula takes for a constant, by ``FormulaValue/constant(_:)``, is held in the differences too; another
/// loss that takes a part of its value for a constant is left out.
public struct GradientCheck: Sendable {
  /// The derivative that is furthest from what it should be.
  public struct Worst: Sendable {
    /// The distance from what it should be, relative to it; infinite where a number isn't finite.
    public let error: Double
    /// On which rows: `random`, `extreme` or `kinks`.
    public let input: String
    /// The prediction.
    public let prediction: Double
    /// What it is compared with: a number, or `class 2`.
    public let target: String
    /// The column of the prediction.
    public let column: Int
    /// What the gradient says.
    public let derivative: Double
    /// What differences say.
    public let expected: Double
  }

  /// The number of derivatives that were checked.
  public private(set) var derivatives = 0
  /// How many of them are next to a kink.
  public private(set) var kinks = 0
  /// The derivative that is furthest off; `nil` if none was checked.
  public private(set) var worst: Worst?
  /// The error that is allowed.
  public let tolerance: Double
  /// Whether nothing could be checked, as the loss takes a part of its value for a constant.
  public let isLeftOut: Bool

  /// Whether no derivative is further off than allowed.
  public var isRight: Bool { (worst?.error ?? 0) <= tolerance }

  /// Checks a loss.
  ///
  /// - Parameters:
  ///   - parameters: Numbers that kinks may lie at, beside 0 and 1: those that the loss was made with.
  ///   - classes: The number of foreground classes that the rows are made for.
  ///   - seed: Chooses the random rows.
  /// - Throws: ``InputError`` where the loss refuses the rows.
  public init(
    _ loss: any Loss, parameters: [Double] = [], classes: Int = 3, seed: UInt64 = 0
  ) throws(InputError) {
    let width = try loss.checkedColumns(classes: classes)
    let checked = CheckedLoss(loss)
    isLeftOut = loss.holdsPartConstant && !(loss is any BoxPairLoss)
    func inputs(_ rule: DifferenceRule) throws(InputError) -> [CheckInput] {
      do throws(TensorError) {
        return try CheckInputs(
          loss, width: width, parameters: parameters, rule: rule, seed: seed
        ).all()
      } catch {
        throw InputError("rows", "\(error)")
      }
    }
    var rule = DifferenceRule.double
    var rows = try inputs(rule)
    if let first = rows.first, try checked.isInSinglePrecision(on: first) {
      rule = .single
      rows = try inputs(rule)
    }
    tolerance = rule.tolerance
    for input in isLeftOut ? [] : rows { try check(checked, on: input, rule) }
  }

  private mutating func check(
    _ loss: CheckedLoss, on input: CheckInput, _ rule: DifferenceRule
  ) throws(InputError) {
    let gradient = try loss.gradient(on: input)
    for column in 0..<input.width {
      var places: [[Double]] = []
      for count in [-2.0, -1, 0, 1, 2] {
        places.append(try loss.values(on: input, column: column, movedBy: count))
      }
      for row in 0..<input.rows {
        let element = row * input.width + column
        let outcome = rule.compare(
          gradient[element], places.map { $0[row] }, step: input.steps[element])
        derivatives += 1
        if outcome.isAtKink { kinks += 1 }
        guard outcome.error > worst?.error ?? -1 else { continue }
        worst = Worst(
          error: outcome.error, input: input.name, prediction: input.predictions[element],
          target: input.target(row: row, column: column), column: column,
          derivative: gradient[element], expected: outcome.expected)
      }
    }
  }
}
