import ResourceLimits

/// The type of a stored tensor's elements. The raw value is its name in a safetensors header.
///
/// These are all the types that safetensors knows. Of those, the floating types of fewer than 16 bits
/// and the complex one can stand in a file, which is then read around them, but have no values here.
public enum DataType: String, Sendable, CaseIterable {
  /// A truth value in a byte; any byte but 0 is true.
  case bool = "BOOL"
  /// An unsigned integer of 8 bits.
  case uint8 = "U8"
  /// A signed integer of 8 bits.
  case int8 = "I8"
  /// An unsigned integer of 16 bits.
  case uint16 = "U16"
  /// A signed integer of 16 bits.
  case int16 = "I16"
  /// An unsigned integer of 32 bits.
  case uint32 = "U32"
  /// A signed integer of 32 bits.
  case int32 = "I32"
  /// An unsigned integer of 64 bits.
  case uint64 = "U64"
  /// A signed integer of 64 bits.
  case int64 = "I64"
  /// IEEE 754 half precision: 5 bits of exponent, 10 of significand.
  case float16 = "F16"
  /// The upper half of a single: 8 bits of exponent, 7 of significand.
  case bfloat16 = "BF16"
  /// IEEE 754 single precision.
  case float32 = "F32"
  /// IEEE 754 double precision.
  case float64 = "F64"
  /// A complex number of two singles. Not read.
  case complex64 = "C64"
  /// A float of 4 bits, two to a byte. Not read.
  case float4 = "F4"
  /// A float of 6 bits: 2 of exponent, 3 of significand. Not read.
  case float6E2M3 = "F6_E2M3"
  /// A float of 6 bits: 3 of exponent, 2 of significand. Not read.
  case float6E3M2 = "F6_E3M2"
  /// A float of 8 bits: 5 of exponent, 2 of significand. Not read.
  case float8E5M2 = "F8_E5M2"
  /// A float of 8 bits: 4 of exponent, 3 of significand. Not read.
  case float8E4M3 = "F8_E4M3"
  /// A power of two in 8 bits. Not read.
  case float8E8M0 = "F8_E8M0"
  /// The variant of ``float8E4M3`` without negative zero and infinity. Not read.
  case float8E4M3FNUZ = "F8_E4M3FNUZ"
  /// The variant of ``float8E5M2`` without negative zero and infinity. Not read.
  case float8E5M2FNUZ = "F8_E5M2FNUZ"

  /// The number of bits that an element takes in a file.
  var bitWidth: Int {
    switch self {
    case .float4: 4
    case .float6E2M3, .float6E3M2: 6
    case .bool, .uint8, .int8, .float8E5M2, .float8E4M3, .float8E8M0, .float8E4M3FNUZ,
      .float8E5M2FNUZ:
      8
    case .uint16, .int16, .float16, .bfloat16: 16
    case .uint32, .int32, .float32: 32
    case .uint64, .int64, .float64, .complex64: 64
    }
  }

  /// The number of bytes that a tensor of `shape` takes, or `nil` if an axis is negative, a
  /// number does not fit an `Int`, or the bits of the elements do not fill whole bytes.
  func byteCount(of shape: [Int]) -> Int? {
    guard let bits = product(of: shape + [bitWidth]), bits % 8 == 0 else { return nil }
    return bits / 8
  }
}
