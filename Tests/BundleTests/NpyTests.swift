import Bundle
import LossCore
import TestSupport
import Testing

struct NpyTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test func readsWhatNumpyWrote() throws {
    let shape = [2, 3, 4]
    for name in ["f2", "f4", "f8", "fortran", "version2", "version3"] {
      let file = try NpyFile(contentsOf: fixture("\(name).npy"))
      #expect(file.shape == shape)
      #expect(try file.floats() == tensor(shape) { (Float($0) - 12) / 8 }, "\(name)")
      #expect(try file.doubles() == tensor(shape) { (Double($0) - 12) / 8 }, "\(name)")
    }
    for name in ["i1", "i2", "i4", "i8"] {
      let file = try NpyFile(contentsOf: fixture("\(name).npy"))
      #expect(try file.integers() == tensor(shape) { $0 - 12 }, "\(name)")
    }
    for name in ["u1", "u2", "u4", "u8"] {
      let file = try NpyFile(contentsOf: fixture("\(name).npy"))
      #expect(try file.integers() == tensor(shape) { $0 }, "\(name)")
    }
    let truth = try NpyFile(contentsOf: fixture("b1.npy"))
    #expect(truth.dtype == .bool)
    #expect(try truth.integers() == tensor(shape) { $0 % 2 })
    #expect(
      try NpyFile(contentsOf: fixture("scalar.npy")).floats() == Tensor(shape: [], elements: [1.5]))
    #expect(
      try NpyFile(contentsOf: fixture("empty.npy")).floats() == Tensor(shape: [0, 3], elements: []))
  }

  @Test func writesTheBytesThatNumpyWrites() throws {
    let shape = [2, 3, 4]
    let tensors: [(String, AnyTensor)] = [
      ("b1", .bool(try tensor(shape) { $0 % 2 == 1 })),
      ("u1", .uint8(try tensor(shape) { UInt8($0) })),
      ("i8", .int64(try tensor(shape) { $0 - 12 })),
      ("f4", .float32(try tensor(shape) { (Float($0) - 12) / 8 })),
      ("f8", .float64(try tensor(shape) { (Double($0) - 12) / 8 })),
      ("scalar", .float32(try Tensor(shape: [], elements: [1.5]))),
      ("empty", .float32(try Tensor(shape: [0, 3], elements: []))),
    ]
    for (name, tensor) in tensors {
      try NpyFile.write(tensor, to: folder.path("file"))
      #expect(try bytes(folder.path("file")) == bytes(fixture("\(name).npy")), "\(name)")
    }
    #expect(try folder.names == ["file"])
  }

  @Test func roundTripsOfRandomTensors() throws {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<200 {
      let shape = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
        Int.random(in: 0...5, using: &generator)
      }
      let tensor = try AnyTensor.random(shape, using: &generator)
      try NpyFile.write(tensor, to: folder.path("file"))
      let file = try NpyFile(contentsOf: folder.path("file"))
      switch tensor {
      case .float32(let tensor): #expect(try file.dtype == .float32 && file.floats() == tensor)
      case .float64(let tensor): #expect(try file.dtype == .float64 && file.doubles() == tensor)
      case .int64(let tensor): #expect(try file.dtype == .int64 && file.integers() == tensor)
      case .uint8(let tensor):
        #expect(try file.dtype == .uint8 && file.integers() == tensor.map { Int($0) })
      case .bool(let tensor):
        #expect(try file.dtype == .bool && file.integers() == tensor.map { $0 ? 1 : 0 })
      }
    }
  }

  /// In Fortran order, the element at `index` lies where the reversed index lies in a reversed shape.
  @Test func fortranOrderOfAnyShape() throws {
    var generator = SeededGenerator(seed: 6)
    for _ in 0..<200 {
      let shape = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
        Int.random(in: 0...4, using: &generator)
      }
      let axes = shape.map { "\($0), " }.joined()
      let count = shape.reduce(1, *)
      let header = "{'descr': '<i4', 'fortran_order': True, 'shape': (\(axes))}"
      let data = (0..<Int32(count)).flatMap(littleEndian)
      let file = try NpyFile(contentsOf: folder.write(npy(header, data)))
      let expected = try tensor(shape) { position in
        var rest = position
        var index = shape.reversed().map { axis in
          defer { rest /= axis }
          return rest % axis
        }
        index.reverse()
        return zip(index, shape).reversed().reduce(0) { $0 * $1.1 + $1.0 }
      }
      #expect(try file.integers() == expected)
    }
  }

  @Test func headersMayBeSpacedAndOrderedOtherwise() throws {
    let header = " { \"shape\" :( 2 ,) ,\n'descr':'|u1',\t'fortran_order' : False } \n"
    let file = try NpyFile(contentsOf: folder.write(npy(header, [3, 4])))
    #expect(try file.integers() == Tensor([3, 4]))
  }

  @Test func floatsAreNoIntegers() throws {
    let path = fixture("f4.npy")
    let file = try NpyFile(contentsOf: path)
    #expect(
      throws: BundleError(
        file: path,
        message: "the array has dtype F32, where integers were expected: one of I8, I16, I32, I64, "
          + "U8, U16, U32, U64, BOOL; save it as I64, or read it as floats")
    ) { try file.integers() }
  }

  @Test func anArrayOfTooManyAxes() throws {
    let tensor = try Tensor(shape: Array(repeating: 1, count: 30_000), elements: [true])
    #expect(
      throws: BundleError(
        file: folder.path("file"), message: "cannot hold an array of 30000 axes; reshape it")
    ) { try NpyFile.write(.bool(tensor), to: folder.path("file")) }
  }

  private func expect(_ message: String, of path: String) {
    #expect(throws: BundleError(file: path, message: message)) { try NpyFile(contentsOf: path) }
  }

  @Test func filesThatAreNoArrays() throws {
    expect("cannot open the file: No such file or directory", of: folder.path("missing"))
    expect("is a folder, not a file; name a file to read", of: folder.path(""))
    expect("does not begin as npy files do; it is none, or damaged", of: try folder.write([]))
    let magic = [0x93] + Array("NUMPY".utf8)
    expect("ends within its header, after 6 bytes", of: try folder.write(magic))
    expect(
      "has version 4.0 of the npy format; expected 1, 2 or 3",
      of: try folder.write(magic + [4, 0, 0, 0, 0, 0]))
    expect(
      "says that its header has 4294967295 bytes, but only 1 follow; it is cut off",
      of: try folder.write(magic + [2, 0, 255, 255, 255, 255, 0]))
    expect(
      "the elements have the type \">f4\", where one of |b1 |u1 |i1 <u2 <i2 <u4 <i4 <u8 <i8 <f2 <f4 "
        + "<f8 was expected; convert them, in Python: array.astype(\"<f4\")",
      of: fixture("big_endian.npy"))
    expect(
      "the elements are records; save each field as an array of its own", of: fixture("records.npy")
    )
    let error = #expect(throws: BundleError.self) {
      try NpyFile(contentsOf: fixture("archive.npz"))
    }
    #expect(try #require(error).message.contains("it seems to be a zip archive"))
  }

  @Test(arguments: [
    ("", "the header should have \"{\" at byte 0 of its text"),
    ("{", "the header should have \"'\" at byte 1 of its text"),
    ("{}", "the header must have the keys descr, fortran_order and shape"),
    ("{'shape': (1,)}", "the header must have the keys descr, fortran_order and shape"),
    ("{'shape': (1,)} x", "the header should have its end at byte 16 of its text"),
    ("{'shape' (1,)}", "the header should have \":\" at byte 9 of its text"),
    ("{'shape': (1,), 'shape': ()}", "the header has an unknown or second key \"shape\""),
    ("{'order': 1}", "the header has an unknown or second key \"order\""),
    ("{'fortran_order': 1}", "the header should have True or False at byte 18 of its text"),
    (
      "{'shape': (-1,)}",
      "the header should have a length from 0 to 9223372036854775807 at byte 11 of its text"
    ),
    (
      "{'shape': (9223372036854775808,)}",
      "the header should have a length from 0 to 9223372036854775807 at byte 11 of its text"
    ),
    ("{'shape': (1 2)}", "the header should have \")\" at byte 13 of its text"),
    ("{'descr': '<f4}", "the header should have \"'\" at byte 15 of its text"),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
      "has 4 bytes of elements, but the shape [2] of F32 takes 8; it must hold one whole array and "
        + "no more"
    ),
    (
      "{'descr': '|u1', 'fortran_order': False, 'shape': ()}",
      "has 4 bytes of elements, but the shape [] of U8 takes 1; it must hold one whole array and no "
        + "more"
    ),
    (
      "{'descr': '<f4', 'fortran_order': True, 'shape': (4294967296, 4294967296)}",
      "has the shape [4294967296, 4294967296], which is more than can be counted"
    ),
  ])
  func malformedHeaders(header: String, message: String) throws {
    expect(message, of: try folder.write(npy(header, [0, 0, 0, 0])))
  }
}
