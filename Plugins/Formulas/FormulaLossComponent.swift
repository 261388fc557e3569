import Formula
import LossCore
import LossKernels

/// The loss `formula`: mathematics that stands in the recipe.
///
/// A formula of `prediction` and `target` is an element-wise loss (``ElementFormulaLoss``), one of coordinates a loss
/// of boxes (``BoxFormulaLoss``). Its derivative is exact, as ``Dual`` numbers make it.
public enum FormulaLossComponent {
  static let derivative = Parameter(
    "derivative", .formula, default: nil,
    help:
      "The derivative by the prediction, of an element-wise loss that doesn't have that of its value."
  )
  static let activation = Parameter(
    "activation", .choice, default: FormulaActivation.none,
    help:
      "What makes predictions probabilities, for those who read them: sigmoid if they are logits.")
  static let predictions = Parameter(
    "predictions", .choice, default: FormulaPredictions.numbers,
    help: "What predictions are, for those who try the loss: any numbers, or numbers from 0 to 1.")

  /// What is said of it; `value` must be given.
  public static let declaration = Declaration(
    name: "formula",
    summary: "A loss that is written in the recipe, with its exact derivative.",
    formula: """
      value, of prediction and target: an element-wise loss
      value, of x1 y1 x2 y2 and t.x1 t.y1 t.x2 t.y2: a loss of boxes; also width, height, area, center.x,
        center.y, of both boxes, and intersection, union, iou, hull.x1 ... hull.area
      + - * / ^, < <= > >= == !=, and or not, select(condition, a, b), abs, min, max, clamp, sqrt, exp, log,
        log1p, pow, tanh, atan, sigmoid, softplus, constant(x): not differentiated
      """,
    source: "LossKit, Formulas",
    parameters: FormulaParameters.all + [derivative, activation, predictions])

  /// What a registry makes it by.
  public static var entry: Catalog<any Loss>.Entry {
    Catalog<any Loss>.Entry(declaration, from: "Formulas.\(Self.self)") {
      values throws(ParameterErrors) in
      try make(try declaration.resolve(values))
    }
  }

  /// Makes the loss, of one of both types.
  ///
  /// - Throws: ``ParameterError`` for the first thing that is wrong in the texts, or if they say the other type.
  static func make<Part: Loss>(_ parameters: Parameters) throws(ParameterError) -> Part {
    let loss: any Loss
    do throws(ParameterErrors) {
      loss = try make(parameters)
    } catch {
      throw error.errors[0]
    }
    guard let loss = loss as? Part else {
      throw ParameterError("value", "makes a \(type(of: loss)), not a \(Part.self)")
    }
    return loss
  }

  /// Makes the loss.
  ///
  /// - Throws: ``ParameterErrors`` with everything that is wrong in the texts.
  private static func make(_ parameters: Parameters) throws(ParameterErrors) -> any Loss {
    func refused(_ parameter: String, _ problem: String) -> ParameterErrors {
      ParameterErrors(component: declaration.name, errors: [ParameterError(parameter, problem)])
    }
    let formula = try Formula(
      parameters, derivative: parameters[derivative],
      variables: ElementFormulaLoss.variables + BoxFormulaLoss.variables, of: declaration.name)
    let readsElements = !formula.readVariables.isDisjoint(with: ElementFormulaLoss.variables)
    let readsBoxes = !formula.readVariables.isDisjoint(with: BoxFormulaLoss.variables)
    if readsElements && readsBoxes {
      throw refused(
        "value",
        "reads prediction or target, of an element, and coordinates of boxes; expected one of both")
    }
    if readsBoxes {
      if parameters[derivative] != nil {
        throw refused(
          "derivative", "belongs to an element-wise loss; boxes have four, by coordinate")
      }
      return BoxFormulaLoss(formula)
    }
    return ElementFormulaLoss(
      formula, activation: parameters[activation],
      predictions: parameters[predictions])
  }
}

/// What makes the predictions of a formula probabilities.
enum FormulaActivation: String, CaseIterable, Sendable {
  case none, sigmoid, exponential

  var activation: Activation {
    switch self {
    case .none: .identity
    case .sigmoid: .sigmoid
    case .exponential: .exponential
    }
  }
}

/// What the predictions of a formula are.
enum FormulaPredictions: String, CaseIterable, Sendable {
  case numbers, probabilities

  var kind: PredictionKind { self == .probabilities ? .probabilities : .numbers }
}
