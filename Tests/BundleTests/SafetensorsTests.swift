import Bundle
import LossCore
import TestSupport
import Testing

/// Files that are as they should be.
struct SafetensorsTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test func readsWhatPythonWrote() throws {
    let file = try SafetensorsFile(contentsOf: fixture("all.safetensors"))
    #expect(file.metadata == ["author": "Grüße \"in\" quotes\n"])
    #expect(
      Set(file.names)
        == [
          "b1", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8", "bf16", "f8_e4m3",
          "c64", "scalar", "empty", "größe ✓",
        ])
    let shape = [2, 3, 4]
    for name in ["f2", "f4", "f8", "bf16"] {
      #expect(try file.floats(named: name) == tensor(shape) { (Float($0) - 12) / 8 }, "\(name)")
      #expect(try file.doubles(named: name) == tensor(shape) { (Double($0) - 12) / 8 }, "\(name)")
    }
    for name in ["i1", "i2", "i4", "i8"] {
      #expect(try file.integers(named: name) == tensor(shape) { $0 - 12 }, "\(name)")
    }
    for name in ["u1", "u2", "u4", "u8"] {
      #expect(try file.integers(named: name) == tensor(shape) { $0 }, "\(name)")
    }
    #expect(try file.integers(named: "b1") == tensor(shape) { $0 % 2 })
    #expect(try file.dtype(named: "bf16") == .bfloat16)
    #expect(try file.dtype(named: "f8_e4m3") == .float8E4M3)
    #expect(try file.shape(named: "c64") == shape)
    #expect(try file.floats(named: "scalar") == Tensor(shape: [], elements: [1.5]))
    #expect(try file.floats(named: "empty") == Tensor(shape: [0, 3], elements: []))
    #expect(try file.integers(named: "größe ✓").elements == [1, 2])
  }

  /// Axes whose product is more than an integer holds, but for the one that is 0.
  @Test func writesAndReadsNothingOfALongShape() throws {
    let nothing = try Tensor(shape: [1 << 62, 0], elements: [] as [Float])
    let path = folder.path("file")
    try SafetensorsFile.write([("x", .float32(nothing))], to: path)
    #expect(try SafetensorsFile(contentsOf: path).floats(named: "x") == nothing)
    try NpyFile.write(.float32(nothing), to: path)
    #expect(try NpyFile(contentsOf: path).floats() == nothing)
  }

  /// The format allows it, but no program can step along its axes.
  @Test func refusesToReadNothingOfAShapeThatCannotBeCounted() throws {
    let header =
      #"{"x":{"dtype":"F32","shape":[0,9,1099511627776,1099511627776],"data_offsets":[0,0]}}"#
    let path = try folder.write(safetensors(header, []))
    #expect(
      throws: BundleError(
        file: path,
        message: "tensor \"x\" cannot be read: shape [0, 9, 1099511627776, 1099511627776] has a "
          + "negative axis or too many elements")
    ) {
      try SafetensorsFile(contentsOf: path).floats(named: "x")
    }
  }

  @Test func writesTheBytesThatPythonWrites() throws {
    let shape = [2, 3, 4]
    let path = folder.path("file")
    try SafetensorsFile.write(
      [
        ("tensor i8", .int64(tensor(shape) { $0 - 12 })),
        ("tensor f8", .float64(tensor(shape) { (Double($0) - 12) / 8 })),
        ("tensor f4", .float32(tensor(shape) { (Float($0) - 12) / 8 })),
        ("tensor u1", .uint8(tensor(shape) { UInt8($0) })),
        ("tensor b1", .bool(tensor(shape) { $0 % 2 == 1 })),
      ], metadata: ["made by": "Python"], to: path)
    #expect(try bytes(path) == bytes(fixture("writable.safetensors")))
    #expect(try folder.names == ["file"])
  }

  @Test func roundTripsOfRandomTensors() throws {
    var generator = SeededGenerator(seed: 4)
    for round in 0..<100 {
      let tensors = try (0..<Int.random(in: 0...8, using: &generator)).map { index in
        let shape = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
          Int.random(in: 0...5, using: &generator)
        }
        return ("tensor \(round).\(index)", try AnyTensor.random(shape, using: &generator))
      }
      let metadata = round % 2 == 0 ? [:] : ["round": "\(round)", "b": "", "a": "\u{0}\"\\é"]
      let path = folder.path("file")
      try SafetensorsFile.write(tensors, metadata: metadata, to: path)
      let first = try bytes(path)
      try SafetensorsFile.write(tensors, metadata: metadata, to: path)
      #expect(try bytes(path) == first)
      #expect(first[0] % 8 == 0, "the elements are aligned")

      let file = try SafetensorsFile(contentsOf: path)
      #expect(file.names == tensors.map(\.0))
      #expect(file.metadata == metadata)
      for (name, tensor) in tensors {
        let dtype = try file.dtype(named: name)
        switch tensor {
        case .float32(let tensor):
          #expect(try dtype == .float32 && file.floats(named: name) == tensor)
        case .float64(let tensor):
          #expect(try dtype == .float64 && file.doubles(named: name) == tensor)
        case .int64(let tensor):
          #expect(try dtype == .int64 && file.integers(named: name) == tensor)
        case .uint8(let tensor):
          #expect(try dtype == .uint8 && file.integers(named: name) == tensor.map { Int($0) })
        case .bool(let tensor):
          #expect(try dtype == .bool && file.integers(named: name) == tensor.map { $0 ? 1 : 0 })
        }
      }
    }
  }

  @Test func readsUnalignedData() throws {
    let data: [UInt8] = [7] + [Float(1.5), -2].flatMap { littleEndian($0.bitPattern) }
    let header = """
      {"b":{"dtype":"F32","shape":[2],"data_offsets":[1,9]},\
      "a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}
      """
    for padding in 0..<8 {
      let padded = header + String(repeating: " ", count: padding)
      let file = try SafetensorsFile(contentsOf: folder.write(safetensors(padded, data)))
      #expect(file.names == ["b", "a"])
      #expect(try file.floats(named: "b").elements == [1.5, -2])
      #expect(try file.integers(named: "a").elements == [7])
    }
  }

  @Test func aFileMayHoldNothing() throws {
    try SafetensorsFile.write([], to: folder.path("file"))
    let file = try SafetensorsFile(contentsOf: folder.path("file"))
    #expect(file.names.isEmpty && file.metadata.isEmpty)
    #expect(
      throws: BundleError(
        file: folder.path("file"), message: "has no tensor \"x\"; it holds none")
    ) { try file.floats(named: "x") }
  }

  @Test func replacingAMappedFileLeavesItsReaderAlone() throws {
    let path = folder.path("file")
    try SafetensorsFile.write([("x", .int64(Tensor([1, 2, 3])))], to: path)
    let file = try SafetensorsFile(contentsOf: path)
    try SafetensorsFile.write([("x", .int64(Tensor([4])))], to: path)
    #expect(try file.integers(named: "x").elements == [1, 2, 3])
    #expect(try SafetensorsFile(contentsOf: path).integers(named: "x").elements == [4])
  }

  @Test func aMissingTensorNamesTheOthers() throws {
    let path = folder.path("file")
    let names = (10..<35).map { "rpn.\($0)" }
    try SafetensorsFile.write(names.map { ($0, .bool(Tensor([true]))) }, to: path)
    let shown = names.prefix(20).map { "\"\($0)\"" }.joined(separator: ", ")
    let message =
      "has no tensor \"rpm.34\" (did you mean \"rpn.34\"?); it holds \(shown) and 5 more"
    let file = try SafetensorsFile(contentsOf: path)
    let error = BundleError(file: path, message: message)
    #expect(throws: error) { try file.floats(named: "rpm.34") }
    #expect(throws: error) { try file.doubles(named: "rpm.34") }
    #expect(throws: error) { try file.integers(named: "rpm.34") }
    #expect(throws: error) { try file.dtype(named: "rpm.34") }
    #expect(throws: error) { try file.shape(named: "rpm.34") }
    #expect(error.description == "\(path): \(message)")
  }
}

extension AnyTensor {
  /// A tensor of `shape`, its type and elements random.
  static func random(_ shape: [Int], using generator: inout SeededGenerator) throws -> AnyTensor {
    func elements<Element>(_ next: (inout SeededGenerator) -> Element) throws -> Tensor<Element> {
      try tensor(shape) { _ in next(&generator) }
    }
    return switch Int.random(in: 0..<5, using: &generator) {
    case 0: .float32(try elements { Float.random(in: -1...1, using: &$0) })
    case 1: .float64(try elements { Double.random(in: -1...1, using: &$0) })
    case 2: .int64(try elements { Int.random(in: .min ... .max, using: &$0) })
    case 3: .uint8(try elements { UInt8.random(in: .min ... .max, using: &$0) })
    default: .bool(try elements { Bool.random(using: &$0) })
    }
  }
}
