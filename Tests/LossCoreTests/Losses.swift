import LossCore
import LossKernels

/// Half the squared difference times `factor`, whose results on whole numbers are exact.
struct SquareLoss: ElementwiseLoss {
  static let factor = Parameter("factor", .number(.atLeast(0)), default: 1, help: "")

  static let declaration = Declaration(
    name: "square", summary: "", formula: "", source: "", parameters: [factor])

  private let factor: Double

  init(parameters: Parameters) { factor = parameters[Self.factor] }

  var readsDifference: Bool { true }

  func evaluate<Value: FormulaValue>(
    _ prediction: Value, against target: Value
  ) -> (value: Value, derivative: Value) {
    let x = prediction - target
    return (Value(factor) * x * x / 2, Value(factor) * x)
  }
}

/// The prediction of the target's class, times the class's weight: 1, 2, 3, … ; class 9 is ignored.
struct PickLoss: ClassLoss {
  static let declaration = Declaration(name: "pick", summary: "", formula: "", source: "")

  init(parameters: Parameters) {}

  var ignoredClass: Int? { 9 }
  func weight(ofClass target: Int) -> Double { Double(target + 1) }

  func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    let width = block.width
    block.withSpans { predictions, _, classes, values, derivatives in
      for row in classes.indices {
        let label = Int(classes[row])
        let weight = Scalar(weight(ofClass: label))
        values[row] = weight * predictions[row * width + label]
        derivatives[row * width + label] = weight
      }
    }
  }
}

/// The sum of a row's products of prediction and target: one value a row, dense targets.
struct ProductLoss: DenseLoss {
  static let declaration = Declaration(name: "product", summary: "", formula: "", source: "")

  init(parameters: Parameters) {}

  func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    let width = block.width
    block.withSpans { predictions, targets, _, values, derivatives in
      for index in predictions.indices {
        values[index / width] += predictions[index] * targets[index]
        derivatives[index] = targets[index]
      }
    }
  }
}
