import Files
import LossCore

/// A folder in which each npy file holds the tensor of its name.
public struct NpyFolder: TensorSource {
  /// The path of the folder.
  public let path: String
  /// The names of the tensors, in alphabetical order.
  public let names: [String]

  /// The folder at `path`; nothing where there is no folder with an npy file.
  public init?(_ path: String) {
    self.path = path
    self.names = Path.names(in: path).filter { $0.hasSuffix(".npy") }.map { String($0.dropLast(4)) }
      .sorted()
    if names.isEmpty { return nil }
  }

  /// The elements of a tensor as singles.
  public func floats(named name: String) throws(BundleError) -> Tensor<Float> {
    try file(name).floats()
  }

  /// The elements of a tensor as doubles.
  public func doubles(named name: String) throws(BundleError) -> Tensor<Double> {
    try file(name).doubles()
  }

  /// The elements of a tensor of integers or truth values.
  public func integers(named name: String) throws(BundleError) -> Tensor<Int> {
    try file(name).integers()
  }

  private func file(_ name: String) throws(BundleError) -> NpyFile {
    guard names.contains(name) else { throw missing(name) }
    return try NpyFile(contentsOf: "\(path)/\(name).npy")
  }
}
