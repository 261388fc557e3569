import LossCore
import LossKernels
import PluginABI

/// A loss of a plugin whose target is a row of numbers.
struct PluginDenseLoss: PluginLoss, DenseLoss {
  let instance: PluginInstance

  var scoresElements: Bool { instance.loss.functions.values == LOSSKIT_PER_ELEMENT }

  var readsDifference: Bool { instance.loss.functions.flags & LOSSKIT_READS_DIFFERENCE != 0 }

  /// Scores rows of Float without copies.
  var floatForm: DenseForm<Float> {
    { predictions, targets, width, weights, scale, values, gradient throws(InputError) in
      guard areFinite(targets) else { return BlockSum(value: 0, isFinite: false) }
      let rows = width == 0 ? 0 : predictions.count / width
      return try weighBlock(
        predictions, valueCount: scoresElements ? predictions.count : rows, weights: weights,
        scale: scale, values: &values, gradient: &gradient
      ) { values, gradient throws(InputError) in
        try scoreFloat(
          predictions, against: targets, width: width, values: &values, gradient: &gradient)
      }
    }
  }

  func score<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, against targets: Span<Scalar>, width: Int,
    values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError) {
    let predictions = floats(predictions)
    let targets = floats(targets)
    var floatValues = [Float](repeating: 0, count: values.count)
    var floatGradient = [Float](repeating: 0, count: gradient.count)
    var valueSpan = floatValues.mutableSpan
    var gradientSpan = floatGradient.mutableSpan
    try scoreFloat(
      predictions.span, against: targets.span, width: width, values: &valueSpan,
      gradient: &gradientSpan)
    write(floatValues, to: &values)
    write(floatGradient, to: &gradient)
  }

  private func scoreFloat(
    _ predictions: Span<Float>, against targets: Span<Float>, width: Int,
    values: inout MutableSpan<Float>, gradient: inout MutableSpan<Float>
  ) throws(InputError) {
    try instance.score(
      predictions, against: targets, rows: width == 0 ? 0 : predictions.count / width, width: width,
      values: &values, gradient: &gradient)
  }
}
