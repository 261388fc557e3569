import LossKit
import TestSupport

extension FuzzTarget {
  /// What is read of an npy file is written and read again, the same.
  static let npy = Self(
    name: "npy",
    words: [
      "'descr'", "'fortran_order'", "'shape'", "True", "False", "(", ")", ",)", "'<f4'", "'<f2'",
      "'|b1'", "'<i8'", "'<u8'", "'|O'", "\u{1}\u{0}", "9223372036854775807",
    ],
    seeds: { try files(in: "Tests/BundleTests/Fixtures", ".npy") },
    reader: { folder in
      { input in
        let path = try folder.write(input, to: "tensor.npy")
        let file = try attempt(input) { () throws(BundleError) in try NpyFile(contentsOf: path) }
        guard let file else { return }
        _ = try attempt(input) { () throws(BundleError) in try file.floats() }
        let doubles = try attempt(input) { () throws(BundleError) in try file.doubles() }
        let integers = try attempt(input) { () throws(BundleError) in try file.integers() }
        // A header has no room for a shape of thousands of axes.
        func copy(_ tensor: AnyTensor) throws -> NpyFile? {
          try attempt(input) { () throws(BundleError) in
            try NpyFile.write(tensor, to: folder.path("copy.npy"))
            return try NpyFile(contentsOf: folder.path("copy.npy"))
          }
        }
        if let doubles, let copy = try copy(.float64(doubles)) {
          try requireEqual(try copy.doubles(), doubles, "the array")
        }
        if let integers, let copy = try copy(.int64(integers)) {
          try require(try copy.integers() == integers, "other integers were read")
        }
      }
    })
}
