import Detector
import TestSupport
import Testing

struct NetpbmTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func image(_ header: String, _ data: [UInt8]) throws -> Image {
    try Image(contentsOf: try folder.write(Array(header.utf8) + data))
  }

  @Test(arguments: ["P6 2 1 255 ", "P6\n# a comment\n2\t1\n255\n", "P6#c\r2 #\n#\n 1\n#255\n255\n"])
  func `colour of 8 bits is taken as it is`(header: String) throws {
    let pixels: [UInt8] = [1, 2, 3, 250, 251, 255]
    #expect(try image(header, pixels) == Image(width: 2, height: 1, pixels: pixels))
  }

  @Test func `what follows the pixels is left out`() throws {
    #expect(try image("P6 1 1 255\n", [9, 8, 7, 6, 5]).pixels == [9, 8, 7])
  }

  @Test func `grey becomes colour`() throws {
    #expect(
      try image("P5 1 2 255\n", [7, 200])
        == Image(width: 1, height: 2, pixels: [7, 7, 7, 200, 200, 200]))
  }

  @Test func `other ranges are scaled and rounded to the nearest`() throws {
    #expect(
      try image("P5 4 1 15\n", [0, 7, 15, 16]).pixels
        == [0, 0, 0, 119, 119, 119, 255, 255, 255, 255, 255, 255])
    #expect(try image("P6 1 1 1\n", [0, 1, 1]).pixels == [0, 255, 255])
  }

  @Test func `samples of 16 bits have the high byte first`() throws {
    #expect(
      try image("P6 1 1 65535\n", [0, 0, 0x80, 0, 0xFF, 0xFF]).pixels == [0, 128, 255])
    #expect(try image("P5 1 1 1000\n", [0x01, 0xF4]).pixels == [128, 128, 128])
  }

  @Test(
    arguments: [
      (
        "P6 2 2 255\n", [1, 2, 3],
        "ends too early: 3 bytes follow the header; expected 2 × 2 pixels of 3 bytes"
      ),
      (
        "P5 9999999999 9999999999 65535\n", [],
        "ends too early: 0 bytes follow the header; expected 9999999999 × 9999999999 pixels of 2 bytes"
      ),
      (
        "P6 99999999999999999999 1 255\n", [],
        "has a width of 20 digits; expected a number of pixels"
      ),
      (
        // Eleven digits are one number, and no width of 1 and a height of 5.
        "P6 00000000015 1 255\n", [1, 2, 3],
        "ends too early: 3 bytes follow the header; expected 15 × 1 pixels of 3 bytes"
      ),
      ("P6 0 3 255\n", [], "is 0 × 3 pixels; expected a width and a height of at least 1"),
      ("P6 3 3 0\n", [], "has a maxval of 0; expected 1 to 65535"),
      ("P6 3 3 65536\n", [], "has a maxval of 65536; expected 1 to 65535"),
      ("P6 3", [], "has no height in its header; expected width, height and maxval in digits"),
      (
        "P6 -3 3 255\n", [],
        "has no width in its header; expected width, height and maxval in digits"
      ),
      (
        "P6 # 3 3 255", [],
        "has no width in its header; expected width, height and maxval in digits"
      ),
      (
        "P6 1 1 255", [],
        "has no white space after its maxval; expected one character and then the pixels"
      ),
    ] as [(String, [UInt8], String)])
  func `files that are damaged`(header: String, data: [UInt8], problem: String) {
    #expect(throws: DataError(folder.path("file"), problem)) { try image(header, data) }
  }

  @Test(
    arguments: [
      ([], "an empty file"), (Array("GIF89a".utf8), "a GIF file"),
      (Array("BM".utf8), "a BMP file"), (Array("RIFF".utf8), "a WebP file"),
      (Array("P3 1 1 255 1 2 3".utf8), "a PPM or PGM file in text form"),
      (Array("P".utf8), "of an unknown format"),
    ] as [([UInt8], String)])
  func `files of other formats are named`(bytes: [UInt8], format: String) {
    let error = DataError(
      folder.path("file"),
      "is \(format); expected JPEG, PNG, or binary PPM (P6) or PGM (P5): 'magick mogrify -format png FILES' "
        + "converts others")
    #expect(throws: error) { try Image(contentsOf: try folder.write(bytes)) }
  }

  @Test func `files that aren't there`() throws {
    #expect(throws: DataError(folder.path("no"), "no such file")) {
      try Image(contentsOf: folder.path("no"))
    }
    #expect(throws: DataError(folder.path(""), "is a folder; expected a file")) {
      try Image(contentsOf: folder.path(""))
    }
  }

  @Test func `damage at random is an error or another image, never a crash`() throws {
    var random = SeededGenerator(seed: 5)
    let header = Array("P6\n# x\n3 2\n255\n".utf8)
    let whole = header + (0..<18).map { UInt8($0) }
    for _ in 0..<300 {
      var bytes = Array(whole.prefix(Int.random(in: 0...whole.count, using: &random)))
      for _ in 0..<2 where !bytes.isEmpty {
        bytes[Int.random(in: 0..<min(bytes.count, 14), using: &random)] =
          UInt8.random(in: 0...255, using: &random)
      }
      let path = try folder.write(bytes)
      if let image = try? Image(contentsOf: path) {
        #expect(image.pixels.count == 3 * image.width * image.height)
      }
    }
  }
}
