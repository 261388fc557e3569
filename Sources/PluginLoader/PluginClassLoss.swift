import LossCore
import LossKernels

/// A loss of a plugin whose target is a class a row.
struct PluginClassLoss: PluginLoss, ClassLoss {
  let instance: PluginInstance

  /// Scores rows of Float without copies.
  var floatForm: ClassForm<Float> {
    { predictions, targets, width, weights, scale, values, gradient throws(InputError) in
      try weighBlock(
        predictions, valueCount: targets.count, weights: weights, scale: scale, values: &values,
        gradient: &gradient
      ) { values, gradient throws(InputError) in
        try scoreFloat(
          predictions, classes: targets, width: width, values: &values, gradient: &gradient)
      }
    }
  }

  func score<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, classes targets: Span<Int32>, width: Int,
    values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError) {
    let predictions = floats(predictions)
    var floatValues = [Float](repeating: 0, count: values.count)
    var floatGradient = [Float](repeating: 0, count: gradient.count)
    var valueSpan = floatValues.mutableSpan
    var gradientSpan = floatGradient.mutableSpan
    try scoreFloat(
      predictions.span, classes: targets, width: width, values: &valueSpan,
      gradient: &gradientSpan)
    write(floatValues, to: &values)
    write(floatGradient, to: &gradient)
  }

  private func scoreFloat(
    _ predictions: Span<Float>, classes targets: Span<Int32>, width: Int,
    values: inout MutableSpan<Float>, gradient: inout MutableSpan<Float>
  ) throws(InputError) {
    // No recipe leads here: a plugin's loss has no class to ignore. The library would read past a row.
    if let row = targets.indices.first(where: { targets[$0] < 0 }) {
      throw InputError(
        instance.loss.title, rows: row..<row + 1, "takes no negative class; leave the row out")
    }
    try instance.score(
      predictions, classes: targets, rows: targets.count, width: width, values: &values,
      gradient: &gradient)
  }
}
