import ImageDecoding
import LossKit
import TestSupport
import Testing

/// Files that Pillow wrote, held against what Pillow reads of them.
struct DecodingTests {
  private static let files = Result { try Reference.open("images") }

  private func tensor(_ name: String) throws -> Tensor<Int> {
    try Self.files.get().integers(named: name)
  }

  private func bytes(_ name: String) throws -> [UInt8] {
    try tensor(name).elements.map { UInt8($0) }
  }

  @Test(
    .needsLibrary(.jpeg),
    arguments: ["rgb.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg"])
  func `JPEG files are read as others read them`(name: String) throws {
    try check(try DecodedImage(jpeg: try bytes(name)), name, tolerance: 1)
  }

  @Test(
    .needsLibrary(.png),
    arguments: [
      "rgb.png", "palette.png", "alpha.png", "grey_alpha.png", "grey16.png",
    ])
  func `PNG files are read as others read them`(name: String) throws {
    try check(
      try DecodedImage(png: try bytes(name)), name, tolerance: name == "grey16.png" ? 1 : 0)
  }

  private func check(_ image: DecodedImage, _ name: String, tolerance: Int) throws {
    let expected = try tensor("\(name).pixels")
    #expect(expected.shape == [image.height, image.width, 3])
    let distances = zip(image.pixels, expected.elements).map { abs(Int($0) - $1) }
    #expect(distances.max() ?? .max <= tolerance)
  }

  @Test(.needsLibrary(.jpeg))
  func `a JPEG file whose end is missing is refused at any length`() throws {
    let whole = try bytes("rgb.jpg")
    for length in stride(from: 0, to: whole.count - 3, by: 7) {
      #expect { try DecodedImage(jpeg: Array(whole.prefix(length))) } throws: { error in
        "\(error)".hasPrefix("is a damaged JPEG file (")
      }
    }
    // What follows the end is no part of the image.
    #expect(try DecodedImage(jpeg: whole + [1, 2, 3]) == DecodedImage(jpeg: whole))
  }

  @Test(.needsLibrary(.png))
  func `a PNG file whose end is missing is refused`() throws {
    let whole = try bytes("rgb.png")
    // The last chunk is twelve bytes that say that it is the last.
    for length in stride(from: 0, to: whole.count - 12, by: 7) {
      #expect { try DecodedImage(png: Array(whole.prefix(length))) } throws: { error in
        "\(error)".hasPrefix("is a damaged PNG file (")
      }
    }
    var damaged = whole
    damaged[whole.count / 2] ^= 0xFF
    #expect(throws: DecodingError.self) { try DecodedImage(png: damaged) }
  }

  @Test(.needsLibrary(.png)) func `a file that declares more than memory holds is refused`() throws
  {
    let bomb = try bytes("bomb.png")
    #expect { try DecodedImage(png: bomb) } throws: { error in
      "\(error)" == "declares 60000 × 60000 pixels; expected 1 to 268435456 in all"
    }
  }

  @Test(.needsLibrary(.jpeg)) func `a JPEG file that declares 60,000 × 60,000 pixels is refused`()
    throws
  {
    var bytes = try bytes("rgb.jpg")
    let frame = try #require(
      bytes.indices.dropLast().first { bytes[$0...].starts(with: [0xFF, 0xC0]) })
    bytes.replaceSubrange(frame + 5..<frame + 9, with: [0xEA, 0x60, 0xEA, 0x60])
    #expect { try DecodedImage(jpeg: bytes) } throws: { error in
      "\(error)" == "declares 60000 × 60000 pixels; expected 1 to 268435456 in all"
    }
  }
}

extension Trait where Self == ConditionTrait {
  /// For what a library of the system reads, which may be missing.
  static func needsLibrary(_ kind: ImageKind) -> Self {
    .enabled(if: kind.isReadable, "this system has no library for \(kind) files")
  }
}

/// A kind of file that a library reads.
enum ImageKind {
  case jpeg, png

  /// Whether the library is there: the message for an empty file is another then.
  var isReadable: Bool {
    do throws(DecodingError) {
      _ = self == .jpeg ? try DecodedImage(jpeg: []) : try DecodedImage(png: [])
      return true
    } catch {
      return !error.description.hasPrefix("needs ")
    }
  }
}
