import Formula
import LossCore
import LossKernels

/// A loss of boxes that is a text.
public struct BoxFormulaLoss: RedeclaredLoss, BoxPairLoss {
  static let variables = BoxNames.all

  public static var declaration: Declaration { FormulaLossComponent.declaration }
  public package(set) var declaration: Declaration
  public let holdsPartConstant: Bool

  package let formula: Formula
  @usableFromInline
  let floatProgram: FormulaProgram<Float>
  @usableFromInline
  let doubleProgram: FormulaProgram<Double>

  init(_ formula: Formula) {
    self.formula = formula
    declaration = Self.declaration
    func box(_ prefix: String) -> FormulaBox<TracedValue> {
      FormulaBox(
        TracedValue(variable: prefix + "x1"), TracedValue(variable: prefix + "y1"),
        TracedValue(variable: prefix + "x2"), TracedValue(variable: prefix + "y2"))
    }
    let (prediction, target) = (box(""), box("t."))
    holdsPartConstant = Self.loss(formula, prediction, against: target).holdsPartConstant
    let result = Self.loss(formula, prediction.variable, against: target.constant)
    let results = [result.value] + result.derivatives.all.map { $0 ?? 0 }
    floatProgram = FormulaProgram(results, of: BoxNames.coordinates)
    doubleProgram = FormulaProgram(results, of: BoxNames.coordinates)
  }

  /// - Throws: ``ParameterError`` for the first thing that is wrong in the texts, or if they aren't about boxes.
  public init(parameters: Parameters) throws(ParameterError) {
    self = try FormulaLossComponent.make(parameters)
  }

  public func loss<Value: FormulaValue>(
    _ prediction: FormulaBox<Value>, against target: FormulaBox<Value>
  ) -> Value {
    Self.loss(formula, prediction, against: target)
  }

  private static func loss<Value: FormulaValue>(
    _ formula: Formula, _ prediction: FormulaBox<Value>, against target: FormulaBox<Value>
  ) -> Value {
    formula.evaluate(
      BoxNames.values(formula.readVariables, prediction, against: target)
    ).value
  }
}

// Not the formula of the protocol, which would be read again for each vector.

extension BoxFormulaLoss {
  /// The function for an instruction set, inlined where it is to be compiled.
  @_alwaysEmitIntoClient @inline(__always)
  public func run(_ block: inout LossBlock<Float>) throws(InputError) {
    let (hasBoxes, isFinite) = block.evaluateBoxPairs(floatProgram)
    if !hasBoxes || !isFinite { try refuse(block, hasBoxes: hasBoxes) }
  }

  public var floatFunction: BlockFunction<Float> {
    { block throws(InputError) in try run(&block) }
  }

  public var doubleFunction: BlockFunction<Double> {
    { block throws(InputError) in
      let (hasBoxes, isFinite) = block.evaluateBoxPairs(doubleProgram)
      if !hasBoxes || !isFinite { try refuse(block, hasBoxes: hasBoxes) }
    }
  }

  @usableFromInline
  func refuse<Scalar: RealScalar>(
    _ block: borrowing LossBlock<Scalar>, hasBoxes: Bool
  ) throws(InputError) {
    if !hasBoxes { try refuseInvertedTarget(of: block) }
    guard let element = block.firstUndefined() else { return }
    func box(_ numbers: [Scalar]) -> FormulaBox<Scalar> {
      FormulaBox(numbers[0], numbers[1], numbers[2], numbers[3])
    }
    let part = formula.undefinedPart(
      of: BoxNames.values(
        formula.readVariables, box(element.prediction).variable,
        against: box(element.target).constant))
    throw InputError(
      declaration.name, rows: element.row..<element.row + 1,
      "\(part) for the prediction \(element.prediction) and the target \(element.target)")
  }
}
