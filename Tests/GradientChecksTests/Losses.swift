import LossKit

/// Charbonnier's loss, its derivative multiplied by `factor` where the difference is above `from`.
struct TiltedLoss: ElementwiseLoss {
  static let declaration = Declaration(
    name: "tilted", summary: "A derivative that can be wrong.", formula: "", source: "tests")

  var factor = 1.0
  var from = -Double.infinity

  init(parameters: Parameters) {}
  init(factor: Double, from: Double = -.infinity) { (self.factor, self.from) = (factor, from) }

  func evaluate<Value: FormulaValue>(
    _ prediction: Value, against target: Value
  ) -> (value: Value, derivative: Value) {
    let x = prediction - target
    let root = Value.sqrt(x * x + 0.01)
    return (
      x * x / (root + 0.1), .select(x > Value(from), Value(factor), else: 1) * x / root
    )
  }
}

/// |x| with a given derivative at 0.
struct KinkLoss: ElementwiseLoss {
  static let declaration = Declaration(
    name: "kink", summary: "A derivative at 0.", formula: "", source: "tests")

  let derivativeAtZero: Double

  init(parameters: Parameters) { derivativeAtZero = 0 }
  init(derivativeAtZero: Double) { self.derivativeAtZero = derivativeAtZero }

  func evaluate<Value: FormulaValue>(
    _ prediction: Value, against target: Value
  ) -> (value: Value, derivative: Value) {
    let x = prediction - target
    return (.abs(x), .select(x > 0, 1, else: .select(x < 0, -1, else: Value(derivativeAtZero))))
  }
}

/// The square of a difference in single precision, as a plugin in C computes it.
struct SinglePrecisionLoss: DenseLoss {
  static let declaration = Declaration(
    name: "single", summary: "In Float.", formula: "", source: "tests")

  var factor: Float = 2

  init(parameters: Parameters) {}
  init(factor: Float) { self.factor = factor }

  var evaluatesElements: Bool { true }

  func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    block.withSpans { predictions, targets, _, values, derivatives in
      for index in predictions.indices {
        let x = Float(predictions[index]) - Float(targets[index])
        values[index] = Scalar(x * x)
        derivatives[index] = Scalar(factor * x)
      }
    }
  }
}

/// The greatest column less that of the class: a class loss with ties.
struct MarginLoss: ClassLoss {
  static let declaration = Declaration(
    name: "margin", summary: "The lead of the greatest column.", formula: "", source: "tests")

  var derivative = 1.0

  init(parameters: Parameters) {}
  init(derivative: Double) { self.derivative = derivative }

  func columns(classes: Int) -> Int { classes + 1 }

  func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    let width = block.width
    block.withSpans { predictions, _, classes, values, derivatives in
      for row in classes.indices {
        let columns = row * width..<(row + 1) * width
        var greatest = columns.lowerBound
        for column in columns where predictions[column] > predictions[greatest] {
          greatest = column
        }
        let label = columns.lowerBound + Int(classes[row])
        values[row] = predictions[greatest] - predictions[label]
        derivatives[greatest] += Scalar(derivative)
        derivatives[label] -= Scalar(derivative)
      }
    }
  }
}

/// A loss on boxes whose formula holds a part constant that the gradient must not move.
struct HeldLoss: BoxPairLoss {
  static let declaration = Declaration(
    name: "held", summary: "Width times a constant width.", formula: "", source: "tests")

  var holdsPartConstant = true

  init(parameters: Parameters) {}
  init(holdsPartConstant: Bool) { self.holdsPartConstant = holdsPartConstant }

  func loss<Value: FormulaValue>(
    _ prediction: FormulaBox<Value>, against target: FormulaBox<Value>
  ) -> Value {
    .constant(prediction.width) * prediction.width + prediction.hull(target).height
  }
}
