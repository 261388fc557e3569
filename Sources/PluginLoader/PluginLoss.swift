import LossCore
import LossKernels

/// A loss of a plugin, which has its declaration from a table rather than from its type.
protocol PluginLoss: Loss {
  var instance: PluginInstance { get }
}

extension PluginLoss {
  // What a type needs to be registered, which these types never are: `TableLoss` makes them.

  static var declaration: Declaration {
    Declaration(
      name: "plugin", summary: "A loss from a shared library.",
      formula: "As the library declares it.", source: "losskit_plugin.h")
  }

  init(parameters: Parameters) throws(ParameterError) {
    throw ParameterError("type", "is a loss from a shared library; make it by the registry")
  }

  var declaration: Declaration { instance.loss.declaration }

  func columns(classes: Int) -> Int { instance.columns(classes: classes) }

  /// Asks the plugin by a call without rows.
  func check(width: Int) throws(InputError) {
    var values = MutableSpan<Float>()
    var gradient = MutableSpan<Float>()
    try instance.score(
      Span(), rows: 0, width: width, values: &values, gradient: &gradient)
  }
}

/// `numbers` as the Floats that plugins take.
func floats<Scalar: RealScalar>(_ numbers: Span<Scalar>) -> [Float] {
  numbers.indices.map { Float(numbers[$0]) }
}

/// Writes `numbers` to `result`, which is as long.
func write<Scalar: RealScalar>(_ numbers: [Float], to result: inout MutableSpan<Scalar>) {
  for index in numbers.indices { result[index] = Scalar(numbers[index]) }
}
