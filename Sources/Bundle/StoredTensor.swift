import LossCore

/// A tensor that lies in a mapped file, its place and size already found to be right.
struct StoredTensor: Sendable {
  let file: MappedFile
  /// What to call the tensor in an error, such as `tensor "boxes"`.
  let title: String
  let dtype: DataType
  let shape: [Int]
  let bytes: Range<Int>

  /// The elements as floats, each rounded to the nearest where `Value` cannot hold it.
  func floats<Value: BinaryFloatingPoint>(as: Value.Type) throws(BundleError) -> Tensor<Value> {
    switch dtype {
    case .float64: try tensor(Double.self) { Value($0) }
    case .float32: try tensor(Float.self) { Value($0) }
    case .float16: try tensor(UInt16.self) { Value(Float(halfBits: $0)) }
    case .bfloat16: try tensor(UInt16.self) { Value(Float(brainBits: $0)) }
    case .int64: try tensor(Int64.self) { Value($0) }
    case .int32: try tensor(Int32.self) { Value($0) }
    case .int16: try tensor(Int16.self) { Value($0) }
    case .int8: try tensor(Int8.self) { Value($0) }
    case .uint64: try tensor(UInt64.self) { Value($0) }
    case .uint32: try tensor(UInt32.self) { Value($0) }
    case .uint16: try tensor(UInt16.self) { Value($0) }
    case .uint8: try tensor(UInt8.self) { Value($0) }
    case .bool: try tensor(UInt8.self) { $0 == 0 ? 0 : 1 }
    case .complex64, .float4, .float6E2M3, .float6E3M2, .float8E5M2, .float8E4M3, .float8E8M0,
      .float8E4M3FNUZ, .float8E5M2FNUZ:
      throw error("has dtype \(dtype.rawValue), which is not read; save it as F32, F16 or BF16")
    }
  }

  /// The elements as integers, all of them exact.
  func integers() throws(BundleError) -> Tensor<Int> {
    switch dtype {
    case .int64: return try tensor(Int64.self) { Int($0) }
    case .int32: return try tensor(Int32.self) { Int($0) }
    case .int16: return try tensor(Int16.self) { Int($0) }
    case .int8: return try tensor(Int8.self) { Int($0) }
    case .uint64:
      // A value above Int.max is one that turns negative here.
      let tensor = try tensor(UInt64.self) { Int(truncatingIfNeeded: $0) }
      guard let index = tensor.elements.firstIndex(where: { $0 < 0 }) else { return tensor }
      throw error(
        "holds \(UInt64(bitPattern: Int64(tensor.elements[index]))) at element \(index), more than "
          + "the largest integer read, \(Int.max); save it as I64")
    case .uint32: return try tensor(UInt32.self) { Int($0) }
    case .uint16: return try tensor(UInt16.self) { Int($0) }
    case .uint8: return try tensor(UInt8.self) { Int($0) }
    case .bool: return try tensor(UInt8.self) { $0 == 0 ? 0 : 1 }
    case .float16, .bfloat16, .float32, .float64, .complex64, .float4, .float6E2M3, .float6E3M2,
      .float8E5M2, .float8E4M3, .float8E8M0, .float8E4M3FNUZ, .float8E5M2FNUZ:
      throw error(
        "has dtype \(dtype.rawValue), where integers were expected: one of I8, I16, I32, I64, U8, "
          + "U16, U32, U64, BOOL; save it as I64, or read it as floats")
    }
  }

  private func tensor<Stored: BitwiseCopyable, Element: Sendable>(
    _: Stored.Type, _ convert: (Stored) -> Element
  ) throws(BundleError) -> Tensor<Element> {
    let elements = file.load(bytes, as: Stored.self, convert)
    do { return try Tensor(shape: shape, elements: elements) } catch {
      throw self.error("cannot be read: \(error)")
    }
  }

  private func error(_ message: String) -> BundleError {
    BundleError(file: file.path, message: "\(title) \(message)")
  }
}
