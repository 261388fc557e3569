import LossCore

/// An array in a `.npy` file, as `numpy.save` writes them.
///
/// Versions 1 to 3 of the format are read, and elements of the types `|b1 |i1 |u1 <i2 <u2 <i4 <u4 <i8
/// <u8 <f2 <f4 <f8`, in C or in Fortran order. The file is mapped into memory, not copied: should
/// another program shorten it while this value lives, reading what is gone ends the process
/// (`SIGBUS`). Files replaced as a whole, as ``write(_:to:)`` does, are no danger.
public struct NpyFile: Sendable {
  private let stored: StoredTensor
  private let isColumnMajor: Bool

  /// Opens the file at `path` and makes sure that all of it is as the format demands.
  ///
  /// - Throws: ``BundleError`` where the file cannot be read, is no npy file, holds other elements
  ///   than those above, or more or fewer than its shape asks for.
  public init(contentsOf path: String) throws(BundleError) {
    let file = try MappedFile(path: path)
    func fail(_ message: String) -> BundleError { BundleError(file: path, message: message) }

    let start = file.load(0..<min(12, file.count), as: UInt8.self) { $0 }
    guard start.starts(with: npyMagic) else {
      throw fail("does not begin as npy files do; it is none, or damaged\(foreignFormat(start))")
    }
    guard start.count == 12 else { throw fail("ends within its header, after \(file.count) bytes") }
    guard (1...3).contains(start[6]) else {
      throw fail("has version \(start[6]).\(start[7]) of the npy format; expected 1, 2 or 3")
    }
    let lengthBytes = start[6] == 1 ? start[8..<10] : start[8..<12]
    let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    let begin = lengthBytes.endIndex + length
    guard begin <= file.count else {
      throw fail(
        "says that its header has \(length) bytes, but only \(file.count - lengthBytes.endIndex) "
          + "follow; it is cut off")
    }

    let header: NpyHeader
    do {
      let text = file.load(lengthBytes.endIndex..<begin, as: UInt8.self) { $0 }
      header = try NpyHeader(parsing: text)
    } catch {
      throw fail(error.message)
    }
    guard let byteCount = header.dtype.byteCount(of: header.shape) else {
      throw fail("has the shape \(header.shape), which is more than can be counted")
    }
    guard byteCount == file.count - begin else {
      throw fail(
        "has \(file.count - begin) bytes of elements, but the shape \(header.shape) of "
          + "\(header.dtype.rawValue) takes \(byteCount); it must hold one whole array and no more")
    }
    stored = StoredTensor(
      file: file, title: "the array", dtype: header.dtype, shape: header.shape,
      bytes: begin..<file.count)
    isColumnMajor = header.isColumnMajor
  }

  /// The type of the elements in the file.
  public var dtype: DataType { stored.dtype }

  /// The length of each axis, outermost first.
  public var shape: [Int] { stored.shape }

  /// The elements as singles: F64 and integers are rounded to the nearest, to an infinity beyond the
  /// range; truth values are 0 and 1; others are exact.
  public func floats() throws(BundleError) -> Tensor<Float> {
    try rowMajor(stored.floats(as: Float.self))
  }

  /// The elements as doubles: integers above 2⁵³ in magnitude are rounded to the nearest; truth values
  /// are 0 and 1; others are exact.
  public func doubles() throws(BundleError) -> Tensor<Double> {
    try rowMajor(stored.floats(as: Double.self))
  }

  /// The elements as integers; truth values are 0 and 1.
  ///
  /// - Throws: ``BundleError`` where the elements are floats, or one of them exceeds `Int.max`.
  public func integers() throws(BundleError) -> Tensor<Int> {
    try rowMajor(stored.integers())
  }

  /// Writes a file at `path` that holds `tensor`, in version 1 of the format and in C order. The file
  /// appears complete or not at all (see ``AtomicFile``); the same tensor makes the same bytes.
  ///
  /// - Throws: ``BundleError`` where the file cannot be written, or `tensor` has so many axes (tens of
  ///   thousands) that the format cannot hold them.
  public static func write(_ tensor: AnyTensor, to path: String) throws(BundleError) {
    let header = NpyHeader(dtype: tensor.dtype, isColumnMajor: false, shape: tensor.shape)
    guard let bytes = header.bytes else {
      throw BundleError(
        file: path, message: "cannot hold an array of \(tensor.shape.count) axes; reshape it")
    }
    var file = try AtomicFile(at: path)
    try file.append(bytes.span.bytes)
    try tensor.append(to: &file)
    try file.commit()
  }

  /// `tensor` with its elements in row-major order, where the file has them in column-major order.
  private func rowMajor<Element>(_ tensor: Tensor<Element>) throws(BundleError) -> Tensor<Element> {
    guard isColumnMajor, tensor.count > 0 else { return tensor }
    var strides = [1]
    for axis in shape.dropLast() { strides.append(strides[strides.count - 1] * axis) }
    var index = shape.map { _ in 0 }
    var source = 0
    let elements = tensor.elements.indices.map { _ in
      let element = tensor.elements[source]
      // Steps the index like an odometer, the last axis first, and the source with it.
      for axis in shape.indices.reversed() {
        index[axis] += 1
        source += strides[axis]
        if index[axis] < shape[axis] { break }
        source -= strides[axis] * index[axis]
        index[axis] = 0
      }
      return element
    }
    do { return try Tensor(shape: shape, elements: elements) } catch {
      throw BundleError(file: stored.file.path, message: "\(error)")
    }
  }
}
