import Bundle
import LossCore
import TestSupport
import Testing

private let rule = "each byte after the header must belong to exactly one tensor"

/// What a header says of the tensor `x`, and what is wrong with it.
struct Malformed: Sendable, CustomTestStringConvertible {
  let header: String
  var data = 0
  let message: String

  var testDescription: String { header }
}

/// Files that are not as they should be, each with its message.
struct SafetensorsErrorTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func expect(_ message: String, of path: String) {
    #expect(throws: BundleError(file: path, message: message)) {
      try SafetensorsFile(contentsOf: path)
    }
  }

  @Test func filesThatCannotBeMapped() throws {
    expect("cannot open the file: No such file or directory", of: folder.path("missing"))
    expect("is a folder, not a file; name a file to read", of: folder.path(""))
    expect("is a pipe or device, not a file; name a file to read", of: "/dev/null")
  }

  @Test func filesTooShort() throws {
    let message = "a safetensors file begins with 8 bytes, the header's length"
    expect("is 0 bytes long; \(message)", of: try folder.write([]))
    expect("is 7 bytes long; \(message)", of: try folder.write([0, 0, 0, 0, 0, 0, 0]))
    expect(
      "says that its header has 9 bytes, but only 2 follow; it is cut off or no safetensors file",
      of: try folder.write([9, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D]))
  }

  @Test(arguments: [10_000_000_000, 100_000_001, UInt64.max])
  func lyingLengths(length: UInt64) throws {
    expect(
      "says that its header has \(length) bytes, where 100000000 at most were expected; it is "
        + "damaged or no safetensors file",
      of: try folder.write(littleEndian(length) + Array("{}".utf8)))
  }

  @Test func theLongestHeader() throws {
    expect(
      "says that its header has 100000000 bytes, but only 2 follow; it is cut off or no safetensors "
        + "file",
      of: try folder.write(littleEndian(UInt64(100_000_000)) + Array("{}".utf8)))
  }

  @Test(arguments: [
    ("model.pt", "578712552184433488", "a zip archive"),
    ("archive.npz", "", "a zip archive"),
    ("legacy.pt", "", "a pickle of an old torch.save"),
    ("f4.npy", "", "a npy file"),
  ])
  func otherFormats(name: String, length: String, format: String) throws {
    let error = #expect(throws: BundleError.self) {
      try SafetensorsFile(contentsOf: fixture(name))
    }
    let message = try #require(error).message
    #expect(message.hasPrefix("says that its header has \(length)"))
    #expect(message.contains("it is damaged or no safetensors file; it seems to be \(format)"))
    let convert = "safetensors.torch.save_file(torch.load(path, weights_only=True), new_path)"
    #expect(message.contains(convert) == name.hasSuffix(".pt") || name == "archive.npz")
  }

  @Test(arguments: [
    Malformed(
      header: "",
      message: "has a header that does not begin with {; it is damaged or no "
        + "safetensors file"),
    Malformed(
      header: " {}",
      message: "has a header that does not begin with {; it is damaged or no "
        + "safetensors file"),
    Malformed(
      header: #"{"__metadata__":[]}"#,
      message: "__metadata__ is an array; expected an object of strings"),
    Malformed(
      header: #"{"__metadata__":{"epoch":3}}"#,
      message: "__metadata__.\"epoch\" is an integer; expected a string"),
    Malformed(
      header: #"{"x":null}"#,
      message: "tensor \"x\" is null; expected exactly dtype, shape and data_offsets"),
    Malformed(
      header: #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"stride":[1]}}"#, data: 4,
      message: "tensor \"x\" has an unknown key \"stride\"; expected exactly dtype, shape and "
        + "data_offsets"),
    Malformed(
      header: #"{"x":{"shape":[1]}}"#,
      message: "tensor \"x\" lacks dtype, data_offsets; expected exactly dtype, shape and "
        + "data_offsets"),
    Malformed(
      header: #"{"x":{"dtype":32,"shape":[1],"data_offsets":[0,4]}}"#, data: 4,
      message: "tensor \"x\" has a dtype that is an integer; expected a string"),
    Malformed(
      header: #"{"x":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}"#, data: 4,
      message:
        "tensor \"x\" has the unknown dtype \"F33\" (did you mean \"F32\"?); known are BOOL, "
        + "U8, I8, U16, I16, U32, I32, U64, I64, F16, BF16, F32, F64, C64, F4, F6_E2M3, F6_E3M2, "
        + "F8_E5M2, F8_E4M3, F8_E8M0, F8_E4M3FNUZ, F8_E5M2FNUZ"),
    Malformed(
      header: #"{"x":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}"#, data: 4,
      message: "tensor \"x\" has a shape that is not an array of integers from 0"),
    Malformed(
      header: #"{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, data: 4,
      message: "tensor \"x\" has a shape that is not an array of integers from 0"),
    Malformed(
      header: #"{"x":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#, data: 4,
      message: "tensor \"x\" has a shape that is not an array of integers from 0"),
    Malformed(
      header: #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, data: 4,
      message: "tensor \"x\" has data_offsets that are not an array of two integers from 0"),
    Malformed(
      header: #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,18446744073709551616]}}"#,
      message: "tensor \"x\" has data_offsets that are not an array of two integers from 0"),
    Malformed(
      header: #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, data: 4,
      message: "tensor \"x\" has data_offsets [4, 0], where a begin and an end up to 4, the number "
        + "of bytes after the header, were expected; the file is cut off or damaged"),
    Malformed(
      header: #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, data: 7,
      message: "tensor \"x\" has data_offsets [0, 8], where a begin and an end up to 7, the number "
        + "of bytes after the header, were expected; the file is cut off or damaged"),
    Malformed(
      header: #"{"x":{"dtype":"F32","shape":[2,3],"data_offsets":[0,20]}}"#, data: 20,
      message: "tensor \"x\" has the shape [2, 3] of F32, which takes 24 bytes, but its "
        + "data_offsets [0, 20] span 20"),
    Malformed(
      header: #"{"x":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#,
      message: "tensor \"x\" has the shape [4294967296, 4294967296], which is more F32 than can be "
        + "counted, or no whole number of bytes"),
    Malformed(
      header: #"{"x":{"dtype":"U8","shape":[4611686018427387904],"data_offsets":[0,0]}}"#,
      message: "tensor \"x\" has the shape [4611686018427387904], which is more U8 than can be "
        + "counted, or no whole number of bytes"),
    Malformed(
      header: #"{"x":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}}"#, data: 1,
      message: "tensor \"x\" has the shape [3], which is more F4 than can be counted, or no whole "
        + "number of bytes"),
    Malformed(
      header: """
        {"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},\
        "y":{"dtype":"U8","shape":[4],"data_offsets":[3,7]}}
        """, data: 7,
      message: "tensor \"y\" overlaps tensor \"x\": it begins at offset 3, where 4 was expected; "
        + rule),
    Malformed(
      header: """
        {"y":{"dtype":"U8","shape":[4],"data_offsets":[6,10]},\
        "x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}
        """, data: 10,
      message: "tensor \"y\" leaves a gap after tensor \"x\": it begins at offset 6, where 4 was "
        + "expected; " + rule),
    Malformed(
      header: #"{"x":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#, data: 2,
      message: "tensor \"x\" leaves a gap after the header: it begins at offset 1, where 0 was "
        + "expected; " + rule),
    Malformed(
      header: #"{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, data: 4,
      message: "tensor \"x\" ends at offset 1, but the file goes on to offset 4; " + rule),
    Malformed(
      header: "{}", data: 4,
      message: "the header ends at offset 0, but the file goes on to offset 4; " + rule),
    Malformed(
      header: #"{"a\u001b[2J":1}"#,
      message: #"tensor "a\u001B[2J" is an integer; expected exactly dtype, shape and data_offsets"#
    ),
  ])
  func malformedHeaders(_ malformed: Malformed) throws {
    let data = Array(repeating: UInt8(0), count: malformed.data)
    expect(malformed.message, of: try folder.write(safetensors(malformed.header, data)))
  }

  @Test(arguments: [
    ("{", "line 1, column 2: "), (#"{"x":1,"x":1}"#, "line 1, column 8: "),
    ("{}\n{}", "line 2, column 1: "), ("{\"\u{1}\":1}", "line 1, column 3: "),
  ])
  func headersThatAreNotStrictJSON(header: String, place: String) throws {
    let path = try folder.write(safetensors(header))
    let error = #expect(throws: BundleError.self) { try SafetensorsFile(contentsOf: path) }
    #expect(try #require(error).message.hasPrefix("has a header that is not JSON: \(place)"))
  }

  @Test func headersWithBadTextOrDepth() throws {
    for bytes in [Array("{\"".utf8) + [0xFF], Array(repeating: 0x5B, count: 100_000)] {
      let header = Array(#"{"x":"#.utf8) + bytes
      let path = try folder.write(littleEndian(UInt64(header.count)) + header)
      let error = #expect(throws: BundleError.self) { try SafetensorsFile(contentsOf: path) }
      let message = try #require(error).message
      #expect(message.hasPrefix("has a header that is not JSON: line 1, column "))
    }
  }

  @Test(arguments: ["x", "__metadata__"])
  func namesThatAreTaken(name: String) throws {
    let path = folder.path("file")
    #expect(
      throws: BundleError(
        file: path,
        message: "cannot hold a tensor \"\(name)\": that name is taken; choose another")
    ) {
      try SafetensorsFile.write(
        [("x", .bool(Tensor([true]))), (name, .bool(Tensor([true])))], to: path)
    }
    #expect(try folder.names.isEmpty)
  }
}
