import LossCore
import StrictJSON

/// Named tensors in a safetensors file.
///
/// The file is mapped into memory, not copied, for as long as this value or a copy of it lives; what is
/// not asked for is never read from the disk. Should another program shorten the file meanwhile,
/// reading what is gone ends the process (`SIGBUS`). Files replaced as a whole, as
/// ``write(_:metadata:to:)`` does, are no danger.
///
/// Elements are little-endian, as is every host that this module compiles for, and may be unaligned.
public struct SafetensorsFile: Sendable {
  /// The names of the tensors, in the order of the file's header.
  public let names: [String]

  /// The texts that the file carries besides its tensors.
  public let metadata: [String: String]

  /// The path of the file, for messages.
  public var path: String { file.path }

  private let file: MappedFile
  private let tensors: [String: StoredTensor]

  /// Opens the file at `path` and makes sure that all of it is as the format demands: a header of at
  /// most 100 MB that is strict JSON; for each tensor a known dtype and a shape that takes as many
  /// bytes as the tensor has; every byte after the header in exactly one tensor.
  ///
  /// - Throws: ``BundleError`` where the file cannot be read or breaks one of these rules.
  public init(contentsOf path: String) throws(BundleError) {
    file = try MappedFile(path: path)
    let header = try SafetensorsHeader(of: file)
    names = header.names
    metadata = header.metadata
    tensors = header.tensors
  }

  /// The type of the elements of the tensor called `name`, as they are in the file.
  ///
  /// - Throws: ``BundleError`` where there is no such tensor.
  public func dtype(named name: String) throws(BundleError) -> DataType {
    try tensor(name).dtype
  }

  /// The shape of the tensor called `name`, outermost axis first.
  ///
  /// - Throws: ``BundleError`` where there is no such tensor.
  public func shape(named name: String) throws(BundleError) -> [Int] {
    try tensor(name).shape
  }

  /// The elements of the tensor called `name` as singles: F64 and integers are rounded to the nearest,
  /// to an infinity beyond the range; truth values are 0 and 1; others are exact.
  ///
  /// - Throws: ``BundleError`` where there is no such tensor, or its dtype is complex or a float of
  ///   fewer than 16 bits.
  public func floats(named name: String) throws(BundleError) -> Tensor<Float> {
    try tensor(name).floats(as: Float.self)
  }

  /// The elements of the tensor called `name` as doubles: integers above 2⁵³ in magnitude are rounded to
  /// the nearest; truth values are 0 and 1; others are exact.
  ///
  /// - Throws: ``BundleError`` where there is no such tensor, or its dtype is complex or a float of
  ///   fewer than 16 bits.
  public func doubles(named name: String) throws(BundleError) -> Tensor<Double> {
    try tensor(name).floats(as: Double.self)
  }

  /// The elements of the tensor called `name` as integers; truth values are 0 and 1.
  ///
  /// - Throws: ``BundleError`` where there is no such tensor, its elements are not integers, or one of
  ///   them exceeds `Int.max`.
  public func integers(named name: String) throws(BundleError) -> Tensor<Int> {
    try tensor(name).integers()
  }

  private func tensor(_ name: String) throws(BundleError) -> StoredTensor {
    guard let tensor = tensors[name] else { throw missing(name) }
    return tensor
  }
}
