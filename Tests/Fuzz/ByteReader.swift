/// Takes numbers from an input, from its first byte on; zeros where it has ended.
struct ByteReader {
  private var rest: ArraySlice<UInt8>

  init(_ input: [UInt8]) {
    rest = input[...]
  }

  mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

  mutating func bool() -> Bool { byte() & 1 != 0 }

  /// One of some values.
  mutating func choice<Value>(_ values: [Value]) -> Value { values[Int(byte()) % values.count] }

  /// A count or a length: small, or one of those at which arithmetic ends.
  mutating func length() -> Int {
    let byte = Int(byte())
    return byte < 240 ? byte : Self.lengths[byte - 240]
  }

  private static let lengths = [
    256, 1000, 3000, 65_535, 65_536, 1 << 20, 1 << 24, .init(Int32.max), 1 << 31, 1 << 32, 1 << 40,
    1 << 58, 1 << 62, .max - 1, .max, -1,
  ]

  /// A whole number: small, or one of those at which arithmetic ends.
  mutating func integer() -> Int {
    let byte = Int(Int8(bitPattern: byte()))
    switch byte {
    case -128: return .min
    case -127: return .min + 1
    case -126 ... -111: return Self.lengths[byte + 126]
    default: return byte
    }
  }

  /// A number: small, or one that isn't finite, or nearly so.
  mutating func number() -> Double {
    let byte = Int(Int8(bitPattern: byte()))
    return byte < -118 ? Self.numbers[byte + 128] : Double(byte) / 8
  }

  private static let numbers: [Double] = [
    .nan, .infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 1e38, -1e38,
    1e-40,
    .leastNonzeroMagnitude, 0x1p63,
  ]

  /// Bytes up to a zero, at most so many.
  mutating func bytes(_ most: Int) -> [UInt8] {
    let bytes = Array(rest.prefix(most).prefix { $0 != 0 })
    rest = rest.dropFirst(bytes.count + 1)
    return bytes
  }
}
