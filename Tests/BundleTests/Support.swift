import Foundation
import LossCore
import TestSupport

/// The path of the fixture called `name`.
func fixture(_ name: String) -> String {
  URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)").path
}

/// The bytes of the file at `path`.
func bytes(_ path: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(filePath: path)))
}

/// A safetensors file of one vector `x`.
func safetensors(_ dtype: String, _ count: Int, _ data: [UInt8]) -> [UInt8] {
  safetensors(
    #"{"x":{"dtype":"\#(dtype)","shape":[\#(count)],"data_offsets":[0,\#(data.count)]}}"#, data)
}

/// A npy file of version 1 that has `header` as it is and then `data`.
func npy(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
  [0x93] + Array("NUMPY".utf8) + [1, 0] + littleEndian(UInt16(header.utf8.count))
    + Array(header.utf8) + data
}

/// A row-major tensor of `shape` whose element `i` is `element(i)`.
func tensor<Element>(
  _ shape: [Int], _ element: (Int) throws -> Element
) throws -> Tensor<Element> {
  try Tensor(shape: shape, elements: (0..<shape.reduce(1, *)).map(element))
}
