import Bundle
import LossCore
import TestSupport
import Testing

/// The conversion from stored to Swift types, each against Swift's own.
struct ConversionTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func open(_ dtype: String, _ count: Int, _ data: [UInt8]) throws -> SafetensorsFile {
    try SafetensorsFile(contentsOf: folder.write(safetensors(dtype, count, data)))
  }

  #if !(os(macOS) && arch(x86_64))
    @Test func everyHalfIsConvertedExactly() throws {
      let patterns = Array(UInt16.min ... .max)
      let file = try open("F16", patterns.count, patterns.flatMap(littleEndian))
      let floats = try file.floats(named: "x").elements
      let doubles = try file.doubles(named: "x").elements
      let wrong = patterns.filter {
        let (half, float, double) = (Float16(bitPattern: $0), floats[Int($0)], doubles[Int($0)])
        if half.isNaN { return !float.isNaN || !double.isNaN }
        return float.bitPattern != Float(half).bitPattern
          || double.bitPattern != Double(half).bitPattern
      }
      #expect(floats.count == 65536 && wrong == [])
    }
  #endif

  @Test func everyBrainFloatIsTheUpperHalfOfASingle() throws {
    let patterns = Array(UInt16.min ... .max)
    let file = try open("BF16", patterns.count, patterns.flatMap(littleEndian))
    let floats = try file.floats(named: "x").elements
    #expect(floats.map(\.bitPattern) == patterns.map { UInt32($0) << 16 })
    let doubles = try file.doubles(named: "x").elements
    #expect(zip(floats, doubles).allSatisfy { $0.isNaN ? $1.isNaN : $1 == Double($0) })
  }

  @Test func singlesKeepEveryBit() throws {
    var generator = SeededGenerator(seed: 1)
    let patterns = (0..<10_000).map { _ in UInt32.random(in: .min ... .max, using: &generator) }
    let file = try open("F32", patterns.count, patterns.flatMap(littleEndian))
    #expect(try file.floats(named: "x").elements.map(\.bitPattern) == patterns)
    let doubles = try file.doubles(named: "x").elements
    let floats = patterns.map { Float(bitPattern: $0) }
    #expect(zip(floats, doubles).allSatisfy { $0.isNaN ? $1.isNaN : $1 == Double($0) })
  }

  @Test func doublesRoundToTheNearestSingle() throws {
    var generator = SeededGenerator(seed: 2)
    var values = (0..<10_000).map { _ in
      Double(bitPattern: UInt64.random(in: .min ... .max, using: &generator))
    }
    values += (0..<10_000).map { _ in Double.random(in: -1...1, using: &generator) }
    values += [1 + 0x1p-24, 1 + 0x1p-24 + 0x1p-50, 0x1p-150, 1e300, -0.0]
    let file = try open("F64", values.count, values.flatMap { littleEndian($0.bitPattern) })
    #expect(
      try file.doubles(named: "x").elements.map(\.bitPattern) == values.map(\.bitPattern))
    let floats = try file.floats(named: "x").elements
    #expect(
      zip(values, floats).allSatisfy { (double: Double, float: Float) in
        double.isNaN ? float.isNaN : float.bitPattern == Float(double).bitPattern
      })
    #expect(floats.suffix(5) == [1, 1 + 0x1p-23, 0, .infinity, 0])
  }

  /// Integers of type `Integer` come back as they are, and as floats rounded once, to the nearest.
  private func check<Integer: FixedWidthInteger & Sendable>(
    _ dtype: String, _: Integer.Type, upTo limit: Integer = .max
  ) throws {
    var generator = SeededGenerator(seed: 3)
    var values = (0..<1000).map { _ in Integer.random(in: .min...limit, using: &generator) }
    values += [.min, limit, 0, 1]
    let file = try open(dtype, values.count, values.flatMap(littleEndian))
    #expect(try file.integers(named: "x").elements == values.map { Int($0) })
    #expect(try file.floats(named: "x").elements == values.map { Float($0) })
    #expect(try file.doubles(named: "x").elements == values.map { Double($0) })
  }

  @Test func integersAreExactAndRoundOnceToFloats() throws {
    try check("I8", Int8.self)
    try check("I16", Int16.self)
    try check("I32", Int32.self)
    try check("I64", Int64.self)
    try check("U8", UInt8.self)
    try check("U16", UInt16.self)
    try check("U32", UInt32.self)
    try check("U64", UInt64.self, upTo: UInt64(Int64.max))
    // Rounding to double first would give 2⁶⁰: a tie, and to even.
    let twice = Int64(1) << 60 + Int64(1) << 36 + 1
    let file = try open("I64", 1, littleEndian(twice))
    #expect(try file.floats(named: "x").elements == [0x1p60 + 0x1p37])
  }

  @Test func largestUnsignedAreFloatsButNoIntegers() throws {
    let file = try open("U64", 2, littleEndian(UInt64(7)) + littleEndian(UInt64.max))
    #expect(try file.floats(named: "x").elements == [7, 0x1p64])
    #expect(try file.doubles(named: "x").elements == [7, 0x1p64])
    #expect(
      throws: BundleError(
        file: folder.path("file"),
        message: "tensor \"x\" holds 18446744073709551615 at element 1, more than the largest "
          + "integer read, 9223372036854775807; save it as I64")
    ) { try file.integers(named: "x") }
  }

  @Test func anyByteButZeroIsTrue() throws {
    let file = try open("BOOL", 4, [0, 1, 2, 255])
    #expect(try file.integers(named: "x").elements == [0, 1, 1, 1])
    #expect(try file.floats(named: "x").elements == [0, 1, 1, 1])
  }

  @Test(arguments: ["F16", "BF16", "F32", "F64", "C64", "F8_E4M3"])
  func floatsAreNoIntegers(dtype: String) throws {
    let widths = ["F16": 2, "BF16": 2, "F32": 4, "F64": 8, "C64": 8, "F8_E4M3": 1]
    let width = try #require(widths[dtype])
    let file = try open(dtype, 1, Array(repeating: 0, count: width))
    #expect(
      throws: BundleError(
        file: folder.path("file"),
        message: "tensor \"x\" has dtype \(dtype), where integers were expected: one of I8, I16, "
          + "I32, I64, U8, U16, U32, U64, BOOL; save it as I64, or read it as floats")
    ) { try file.integers(named: "x") }
  }

  @Test(arguments: [
    ("C64", 1, 8), ("F4", 4, 2), ("F6_E2M3", 4, 3), ("F6_E3M2", 4, 3), ("F8_E5M2", 1, 1),
    ("F8_E4M3", 1, 1), ("F8_E8M0", 1, 1), ("F8_E4M3FNUZ", 1, 1), ("F8_E5M2FNUZ", 1, 1),
  ])
  func typesKnownButNotRead(dtype: String, count: Int, byteCount: Int) throws {
    let file = try open(dtype, count, Array(repeating: 0, count: byteCount))
    #expect(try file.dtype(named: "x").rawValue == dtype)
    #expect(
      throws: BundleError(
        file: folder.path("file"),
        message:
          "tensor \"x\" has dtype \(dtype), which is not read; save it as F32, F16 or BF16")
    ) { try file.floats(named: "x") }
  }
}
