import Detector
import LossKit
import TestSupport

extension FuzzTarget {
  /// An image that is read is written as PPM and read again, the same.
  static let image = Self(
    name: "image", words: ["P5", "P6", "P2", "#", "\n", "255", "65535", "1000000000"],
    seeds: {
      let files = try Reference.open("images")
      let names = ["rgb.jpg", "exif_6.jpg", "cmyk.jpg", "rgb.png", "grey16.png"]
      return try names.map { try files.integers(named: $0).elements.map { UInt8($0) } } + [
        Array("P6 2 1 255\n".utf8) + [0, 1, 2, 253, 254, 255],
        Array("P5\n# grey\n3 1\n7\n".utf8) + [0, 3, 7],
        Array("P6 1 1 65535\n".utf8) + [0, 1, 128, 0, 255, 255],
      ]
    },
    reader: { folder in
      { input in
        let path = try folder.write(input, to: "image.ppm")
        let image = try attempt(input) { () throws(DataError) in try Image(contentsOf: path) }
        guard let image else { return }
        _ = image.png
        let copy = try folder.write(
          Array("P6 \(image.width) \(image.height) 255\n".utf8) + image.pixels, to: "copy.ppm")
        try require(try Image(contentsOf: copy) == image, "another image than was written")
      }
    })
}
