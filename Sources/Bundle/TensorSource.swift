import LossCore
import StrictJSON

/// Named tensors to read from: a safetensors file, or a folder of npy files.
public protocol TensorSource: Sendable {
  /// The path, for messages.
  var path: String { get }
  /// The names of the tensors.
  var names: [String] { get }
  /// The elements of a tensor as singles, rounded to the nearest.
  func floats(named name: String) throws(BundleError) -> Tensor<Float>
  /// The elements of a tensor as doubles.
  func doubles(named name: String) throws(BundleError) -> Tensor<Double>
  /// The elements of a tensor of integers or truth values.
  func integers(named name: String) throws(BundleError) -> Tensor<Int>
}

extension TensorSource {
  /// An error that says which tensors there are, and which one was probably meant.
  func missing(_ name: String) -> BundleError {
    let shown = names.prefix(20).map(Diagnostic.quote).joined(separator: ", ")
    let list =
      switch names.count {
      case 0: "it holds none"
      case ...20: "it holds \(shown)"
      case let count: "it holds \(shown) and \(count - 20) more"
      }
    return BundleError(
      file: path,
      message: "has no tensor \(Diagnostic.quote(name))"
        + suggestion(nearestName(to: name, in: names)) + "; \(list)")
  }
}

extension SafetensorsFile: TensorSource {}

/// Opens a bundle: a safetensors file, or a folder that holds a tensor in each of its npy files.
///
/// - Throws: ``BundleError`` where it can't be read or isn't of the format.
public func openBundle(_ path: String) throws(BundleError) -> any TensorSource {
  if let folder = NpyFolder(path) { return folder }
  return try SafetensorsFile(contentsOf: path)
}
