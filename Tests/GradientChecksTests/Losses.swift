import LossKit

/// Charbonnier's loss, its slope multiplied by `factor` where the difference is above `from`.
struct TiltedLoss: ElementwiseLoss {
  static let declaration = Declaration(
    name: "tilted", summary: "A slope that can be wrong.", formula: "", source: "tests")

  var factor = 1.0
  var from = -Double.infinity

  init(parameters: Parameters) throws(ParameterError) {}
  init(factor: Double, from: Double = -.infinity) { (self.factor, self.from) = (factor, from) }

  func score<Value: FormulaValue>(
    _ prediction: Value, against target: Value
  ) -> (value: Value, slope: Value) {
    let x = prediction - target
    let root = Value.sqrt(x * x + 0.01)
    return (
      x * x / (root + 0.1), .select(x > Value(from), Value(factor), else: 1) * x / root
    )
  }
}

/// |x| with a given slope at 0.
struct KinkLoss: ElementwiseLoss {
  static let declaration = Declaration(
    name: "kink", summary: "A slope at 0.", formula: "", source: "tests")

  let slopeAtZero: Double

  init(parameters: Parameters) throws(ParameterError) { slopeAtZero = 0 }
  init(slopeAtZero: Double) { self.slopeAtZero = slopeAtZero }

  func score<Value: FormulaValue>(
    _ prediction: Value, against target: Value
  ) -> (value: Value, slope: Value) {
    let x = prediction - target
    return (.abs(x), .select(x > 0, 1, else: .select(x < 0, -1, else: Value(slopeAtZero))))
  }
}

/// The square of a difference in single precision, as a plugin in C computes it.
struct SinglePrecisionLoss: DenseLoss {
  static let declaration = Declaration(
    name: "single", summary: "In Float.", formula: "", source: "tests")

  var factor: Float = 2

  init(parameters: Parameters) throws(ParameterError) {}
  init(factor: Float) { self.factor = factor }

  var scoresElements: Bool { true }

  func score<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, against targets: Span<Scalar>, width: Int,
    values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError) {
    for index in predictions.indices {
      let x = Float(predictions[index]) - Float(targets[index])
      values[index] = Scalar(x * x)
      if !gradient.isEmpty { gradient[index] = Scalar(factor * x) }
    }
  }
}

/// The greatest column less that of the class: a class loss with ties.
struct MarginLoss: ClassLoss {
  static let declaration = Declaration(
    name: "margin", summary: "The lead of the greatest column.", formula: "", source: "tests")

  var slope = 1.0

  init(parameters: Parameters) throws(ParameterError) {}
  init(slope: Double) { self.slope = slope }

  func columns(classes: Int) -> Int { classes + 1 }

  func score<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, classes targets: Span<Int32>, width: Int,
    values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError) {
    for row in targets.indices where targets[row] >= 0 {
      let columns = row * width..<(row + 1) * width
      var greatest = columns.lowerBound
      for column in columns where predictions[column] > predictions[greatest] { greatest = column }
      let label = columns.lowerBound + Int(targets[row])
      values[row] = predictions[greatest] - predictions[label]
      if !gradient.isEmpty {
        gradient[greatest] += Scalar(slope)
        gradient[label] -= Scalar(slope)
      }
    }
  }
}

/// A loss on boxes whose formula holds a part constant that the gradient must not move.
struct HeldLoss: BoxPairLoss {
  static let declaration = Declaration(
    name: "held", summary: "Width times a constant width.", formula: "", source: "tests")

  var holdsPartConstant = true

  init(parameters: Parameters) throws(ParameterError) {}
  init(holdsPartConstant: Bool) { self.holdsPartConstant = holdsPartConstant }

  func loss<Value: FormulaValue>(
    _ prediction: FormulaBox<Value>, against target: FormulaBox<Value>
  ) -> Value {
    .constant(prediction.width) * prediction.width + prediction.hull(target).height
  }
}
