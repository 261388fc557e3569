import LossKit
import TestSupport

extension FuzzTarget {
  /// What is read of a safetensors file is written and read again, the same.
  static let bundle = Self(
    name: "bundle",
    words: quoted(
      """
      dtype shape data_offsets __metadata__ image_sizes gt_boxes gt_labels gt_image gt_ignore \
      proposals proposals_image rpn.sampled
      """) + ["9223372036854775807", "4611686018427387904"]
      + DataType.allCases.map { "\"\($0.rawValue)\"" },
    seeds: {
      try files(in: "Tests/BundleTests/Fixtures", ".safetensors") + [
        Array(
          """
          {"image_sizes":{"dtype":"I64","shape":[1,2],"data_offsets":[0,16]},"gt_boxes":{"dtype":"F32",\
          "shape":[1,4],"data_offsets":[16,32]},"gt_labels":{"dtype":"U8","shape":[1],"data_offsets":\
          [32,33]},"rpn.sampled":{"dtype":"BOOL","shape":[3],"data_offsets":[33,36]}}
          """.utf8)
      ]
    },
    reader: { folder in
      { input in
        let path = try folder.write(safetensorsFile(input), to: "bundle.safetensors")
        let file = try attempt(input) { () throws(BundleError) in
          try SafetensorsFile(contentsOf: path)
        }
        guard let file else { return }
        let batch = try attempt(input) { () throws(BundleError) in try DetectionBatch(file) }
        if let batch { _ = try attempt(input) { () throws(InputError) in try batch.check() } }
        var tensors: [(name: String, tensor: AnyTensor)] = []
        for name in file.names {
          _ = try attempt(input) { () throws(BundleError) in try file.floats(named: name) }
          let doubles = try attempt(input) { () throws(BundleError) in
            try file.doubles(named: name)
          }
          let integers = try attempt(input) { () throws(BundleError) in
            try file.integers(named: name)
          }
          if let integers {
            tensors.append((name, .int64(integers)))
          } else if let doubles {
            tensors.append((name, .float64(doubles)))
          }
        }
        let copy = folder.path("copy.safetensors")
        try SafetensorsFile.write(tensors, metadata: file.metadata, to: copy)
        let again = try SafetensorsFile(contentsOf: copy)
        try require(
          again.names == tensors.map(\.name) && again.metadata == file.metadata,
          "other names than were written")
        for (name, tensor) in tensors {
          switch tensor {
          case .int64(let integers):
            try require(try again.integers(named: name) == integers, "\(name) is another")
          case .float64(let doubles):
            try requireEqual(try again.doubles(named: name), doubles, name)
          default: break
          }
        }
      }
    })

  /// The input as it is, or if it is a header, a file that has it, with as many bytes behind it as it
  /// asks for: else hardly a change of a header would leave a file whole.
  static func safetensorsFile(_ input: [UInt8]) -> [UInt8] {
    guard input.first == UInt8(ascii: "{") else { return input }
    let header = (try? JSONNode(parsing: input, file: "")) ?? .null
    let ends = header.members.map { $0.node["data_offsets", "1"]?.double ?? 0 }
    let count = Int(min(max(ends.max() ?? 0, 0), 4096))
    return safetensors(
      String(decoding: input, as: UTF8.self), (0..<count).map { UInt8($0 % 7 % 3) })
  }

  /// Makes sure that two tensors have the same bits.
  static func requireEqual(
    _ found: Tensor<Double>, _ expected: Tensor<Double>, _ name: String
  ) throws {
    try require(
      found.shape == expected.shape
        && found.elements.map(\.bitPattern) == expected.elements.map(\.bitPattern),
      "\(name) is another than was written")
  }
}
