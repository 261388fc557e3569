import LossCore
import LossKernels
import PluginABI

/// A loss of a plugin.
protocol PluginLoss: Loss, PluginPart where Functions == losskit_loss, Instance == LossInstance {}

extension PluginLoss {
  func columns(classes: Int) -> Int { instance.columns(classes: classes) }

  func check(width: Int) throws(InputError) { try checkByPlugin(width: width) }

  /// Asks the plugin by a call without rows.
  func checkByPlugin(width: Int) throws(InputError) {
    var values = MutableSpan<Float>()
    var derivatives = MutableSpan<Float>()
    try instance.evaluate(
      Span(), rows: 0, width: width, values: &values, derivatives: &derivatives)
  }

  var floatFunction: BlockFunction<Float> {
    { block throws(InputError) in try evaluateInPlace(&block) }
  }

  func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    try evaluateCopies(of: &block)
  }

  func evaluateInPlace(_ block: inout LossBlock<Float>) throws(InputError) {
    let (rows, width, wantsDerivatives) = (block.rowCount, block.width, block.wantsDerivatives)
    try block.withSpans { predictions, targets, classes, values, derivatives throws(InputError) in
      var none = MutableSpan<Float>()
      if wantsDerivatives {
        try instance.evaluate(
          predictions, against: targets, classes: classes, rows: rows, width: width,
          values: &values, derivatives: &derivatives)
      } else {
        try instance.evaluate(
          predictions, against: targets, classes: classes, rows: rows, width: width,
          values: &values, derivatives: &none)
      }
    }
  }

  /// As plugins take Float alone.
  func evaluateCopies<Scalar: RealScalar>(of block: inout LossBlock<Scalar>) throws(InputError) {
    let (rows, width) = (block.rowCount, block.width)
    try block.withSpans { predictions, targets, classes, values, derivatives throws(InputError) in
      var floatValues = [Float](repeating: 0, count: values.count)
      var floatDerivatives = [Float](repeating: 0, count: derivatives.count)
      var valueSpan = floatValues.mutableSpan
      var derivativeSpan = floatDerivatives.mutableSpan
      try instance.evaluate(
        floats(predictions).span, against: floats(targets).span, classes: classes, rows: rows,
        width: width, values: &valueSpan, derivatives: &derivativeSpan)
      write(floatValues, to: &values)
      write(floatDerivatives, to: &derivatives)
    }
  }
}

/// `numbers` as the Floats that plugins take.
private func floats<Scalar: RealScalar>(_ numbers: Span<Scalar>) -> [Float] {
  numbers.indices.map { Float(numbers[$0]) }
}

/// Writes `numbers` to `result`, which is as long.
private func write<Scalar: RealScalar>(_ numbers: [Float], to result: inout MutableSpan<Scalar>) {
  for index in numbers.indices { result[index] = Scalar(numbers[index]) }
}
