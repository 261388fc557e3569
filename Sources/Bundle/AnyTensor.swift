import LossCore

/// A tensor of one of the element types that are written to files.
public enum AnyTensor: Sendable, Equatable {
  /// Singles: F32 in safetensors, `<f4` in npy.
  case float32(Tensor<Float>)
  /// Doubles: F64 in safetensors, `<f8` in npy.
  case float64(Tensor<Double>)
  /// Integers of 64 bits: I64 in safetensors, `<i8` in npy.
  case int64(Tensor<Int>)
  /// Bytes: U8 in safetensors, `|u1` in npy.
  case uint8(Tensor<UInt8>)
  /// Truth values: BOOL in safetensors, `|b1` in npy.
  case bool(Tensor<Bool>)

  /// The type that the elements have in a file.
  var dtype: DataType {
    switch self {
    case .float32: .float32
    case .float64: .float64
    case .int64: .int64
    case .uint8: .uint8
    case .bool: .bool
    }
  }

  /// The length of each axis, outermost first.
  var shape: [Int] {
    switch self {
    case .float32(let tensor): tensor.shape
    case .float64(let tensor): tensor.shape
    case .int64(let tensor): tensor.shape
    case .uint8(let tensor): tensor.shape
    case .bool(let tensor): tensor.shape
    }
  }

  /// The number of elements.
  private var count: Int {
    switch self {
    case .float32(let tensor): tensor.count
    case .float64(let tensor): tensor.count
    case .int64(let tensor): tensor.count
    case .uint8(let tensor): tensor.count
    case .bool(let tensor): tensor.count
    }
  }

  /// The number of bytes that the elements take, in memory and in a file alike. As they do exist in
  /// memory, the product cannot overflow.
  var byteCount: Int { count * dtype.bitWidth / 8 }

  /// Adds the elements to `file`.
  func append(to file: inout AtomicFile) throws(BundleError) {
    switch self {
    case .float32(let tensor): try file.append(tensor.elements.span.bytes)
    case .float64(let tensor): try file.append(tensor.elements.span.bytes)
    case .int64(let tensor): try file.append(tensor.elements.span.bytes)
    case .uint8(let tensor): try file.append(tensor.elements.span.bytes)
    case .bool(let tensor): try file.append(tensor.elements.span.bytes)
    }
  }
}
