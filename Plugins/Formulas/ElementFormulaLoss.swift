import Formula
import LossCore
import LossKernels

/// An element-wise loss that is a text.
public struct ElementFormulaLoss: RedeclaredLoss, ElementwiseLoss {
  static let variables = ["prediction", "target"]

  public static var declaration: Declaration { FormulaLossComponent.declaration }
  public package(set) var declaration: Declaration
  public let activation: Activation
  public let predictionKind: PredictionKind
  public let readsDifference: Bool
  public let holdsPartConstant: Bool

  package let formula: Formula
  @usableFromInline
  let floatProgram: FormulaProgram<Float>
  @usableFromInline
  let doubleProgram: FormulaProgram<Double>

  init(
    _ formula: Formula, activation: FormulaActivation,
    predictions: FormulaPredictions
  ) {
    self.formula = formula
    declaration = Self.declaration
    self.activation = activation.activation
    predictionKind = predictions.kind
    let prediction = TracedValue(variable: "prediction")
    let target = TracedValue(variable: "target")
    let value = formula.evaluate(["prediction": prediction, "target": target]).value
    readsDifference = value.readsDifference(of: "prediction", and: "target")
    holdsPartConstant = value.holdsPartConstant
    let (result, derivative) = Self.evaluate(formula, prediction, against: target)
    floatProgram = FormulaProgram([result, derivative], of: Self.variables)
    doubleProgram = FormulaProgram([result, derivative], of: Self.variables)
  }

  /// - Throws: ``ParameterError`` for the first thing that is wrong in the texts, or if they are about boxes.
  public init(parameters: Parameters) throws(ParameterError) {
    self = try FormulaLossComponent.make(parameters)
  }

  public func evaluate<Value: FormulaValue>(
    _ prediction: Value, against target: Value
  ) -> (value: Value, derivative: Value) {
    Self.evaluate(formula, prediction, against: target)
  }

  private static func evaluate<Value: FormulaValue>(
    _ formula: Formula, _ prediction: Value, against target: Value
  ) -> (value: Value, derivative: Value) {
    guard formula.derivative == nil else {
      let (value, derivative) = formula.evaluate(["prediction": prediction, "target": target])
      return (value, derivative ?? 0)
    }
    return differentiate(at: prediction) { prediction in
      formula.evaluate(["prediction": prediction, "target": Dual(target)]).value
    }
  }
}

// Not the formula of the protocol, which would be read again for each vector.

extension ElementFormulaLoss {
  /// The function for an instruction set, inlined where it is to be compiled.
  @_alwaysEmitIntoClient @inline(__always)
  public func run(_ block: inout LossBlock<Float>) throws(InputError) {
    if !block.evaluateElements(floatProgram) { try refuseUndefined(of: block) }
  }

  public var floatFunction: BlockFunction<Float> {
    { block throws(InputError) in try run(&block) }
  }

  public var doubleFunction: BlockFunction<Double> {
    { block throws(InputError) in
      if !block.evaluateElements(doubleProgram) { try refuseUndefined(of: block) }
    }
  }

  @usableFromInline
  func refuseUndefined<Scalar: RealScalar>(of block: borrowing LossBlock<Scalar>) throws(InputError)
  {
    guard let element = block.firstUndefined(), let column = element.column else { return }
    let (prediction, target) = (element.prediction[0], element.target[0])
    let part = formula.undefinedPart(of: [
      "prediction": Dual(prediction, Derivatives(first: 1)), "target": Dual(target),
    ])
    throw InputError(
      declaration.name, rows: element.row..<element.row + 1,
      "column \(column): \(part) for the prediction \(prediction) and the target \(target)")
  }
}
