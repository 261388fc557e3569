import StrictJSON

/// The bytes that a npy file begins with.
let npyMagic = [0x93] + Array("NUMPY".utf8)

/// The description of the array in a npy file: a Python dictionary of exactly `descr`,
/// `fortran_order` and `shape`.
struct NpyHeader {
  let dtype: DataType
  /// Whether the first axis is the fastest, as in Fortran, rather than the last.
  let isColumnMajor: Bool
  let shape: [Int]

  /// What is wrong with a header.
  struct Problem: Error {
    let message: String
  }

  init(dtype: DataType, isColumnMajor: Bool, shape: [Int]) {
    self.dtype = dtype
    self.isColumnMajor = isColumnMajor
    self.shape = shape
  }

  init(parsing text: [UInt8]) throws(Problem) {
    var parser = PythonLiteralParser(text: text)
    var dtype: DataType?
    var isColumnMajor: Bool?
    var shape: [Int]?
    try parser.expect("{")
    while !parser.take("}") {
      let key = try parser.string()
      try parser.expect(":")
      switch key {
      case "descr" where dtype == nil: dtype = try Self.dtype(&parser)
      case "fortran_order" where isColumnMajor == nil: isColumnMajor = try parser.truthValue()
      case "shape" where shape == nil: shape = try parser.integers()
      default:
        throw Problem(message: "the header has an unknown or second key \(Diagnostic.quote(key))")
      }
      if !parser.take(",") {
        try parser.expect("}")
        break
      }
    }
    try parser.expectEnd()
    guard let dtype, let isColumnMajor, let shape else {
      throw Problem(message: "the header must have the keys descr, fortran_order and shape")
    }
    self.init(dtype: dtype, isColumnMajor: isColumnMajor, shape: shape)
  }

  private static func dtype(_ parser: inout PythonLiteralParser) throws(Problem) -> DataType {
    if parser.take("[") {
      throw Problem(message: "the elements are records; save each field as an array of its own")
    }
    let name = try parser.string()
    if let dtype = DataType.allCases.first(where: { $0.npyName == name }) { return dtype }
    let names = DataType.allCases.compactMap(\.npyName).joined(separator: " ")
    throw Problem(
      message: "the elements have the type \(Diagnostic.quote(name)), where one of \(names) was "
        + "expected; convert them, in Python: array.astype(\"<f4\")")
  }

  /// The header as it stands in a file of version 1, from the magic bytes to where the elements
  /// begin, which is a multiple of 64 bytes; `nil` if it is too long for that version.
  var bytes: [UInt8]? {
    // A tuple of one has a comma in Python, to tell it from a number in parentheses.
    let axes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let order = isColumnMajor ? "True" : "False"
    var text =
      "{'descr': '\(dtype.npyName ?? "")', 'fortran_order': \(order), 'shape': (\(axes)), }"
    let preamble = npyMagic.count + 4
    text += String(repeating: " ", count: 63 - (preamble + text.utf8.count) % 64) + "\n"
    guard let length = UInt16(exactly: text.utf8.count) else { return nil }
    return npyMagic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
  }
}

extension DataType {
  /// The name of this type in a npy file, or `nil` if it has none that is read.
  fileprivate var npyName: String? {
    switch self {
    case .bool: "|b1"
    case .uint8: "|u1"
    case .int8: "|i1"
    case .uint16: "<u2"
    case .int16: "<i2"
    case .uint32: "<u4"
    case .int32: "<i4"
    case .uint64: "<u8"
    case .int64: "<i8"
    case .float16: "<f2"
    case .float32: "<f4"
    case .float64: "<f8"
    case .bfloat16, .complex64, .float4, .float6E2M3, .float6E3M2, .float8E5M2, .float8E4M3,
      .float8E8M0, .float8E4M3FNUZ, .float8E5M2FNUZ:
      nil
    }
  }
}
