import LossCore
import LossKit
import TestSupport
import Testing

@testable import Detector

/// Files that Pillow wrote, held against what Pillow reads of them.
struct ImageFileTests {
  private let reference: SafetensorsFile
  private let folder: TemporaryFolder

  init() throws {
    reference = try Reference.open("images")
    folder = try TemporaryFolder()
  }

  private func bytes(_ name: String) throws -> [UInt8] {
    try reference.integers(named: name).elements.map { UInt8($0) }
  }

  private func image(_ name: String) throws -> Image {
    let tensor = try reference.integers(named: name)
    return try Image(
      width: tensor.shape[1], height: tensor.shape[0], pixels: tensor.elements.map { UInt8($0) })
  }

  /// The file of this name, or `nil` if the system lacks the library for it.
  private func read(_ name: String, _ bytes: [UInt8]? = nil, size: ImageSize? = nil) throws
    -> Image?
  {
    let path = try folder.write(try bytes ?? self.bytes(name), to: name)
    do throws(DataError) {
      return try Image(contentsOf: path, size: size)
    } catch {
      if error.problem.hasPrefix("needs lib") { return nil }
      throw error
    }
  }

  private func isClose(_ image: Image, to other: Image) -> Bool {
    image.size == other.size
      && zip(image.pixels, other.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 1 }
  }

  @Test(arguments: ["rgb.jpg", "rgb.png", "cmyk.jpg", "grey16.png"])
  func `the kind of a file is told by its bytes, not by its name`(name: String) throws {
    guard let image = try read("\(name).ppm", try bytes(name)) else { return }
    #expect(isClose(image, to: try self.image("\(name).pixels")))
  }

  @Test(arguments: 1...8) func `photographs are turned upright`(orientation: Int) throws {
    let name = "exif_\(orientation).jpg"
    guard let image = try read(name) else { return }
    #expect(isClose(image, to: try self.image("\(name).pixels")))
  }

  @Test func `annotations of a photograph that wasn't turned keep it so`() throws {
    let name = "exif_6.jpg"
    let stored = ImageSize(height: 16, width: 24)
    guard let image = try read(name, size: stored) else { return }
    #expect(isClose(image, to: try self.image("exif_1.jpg.pixels")))
    #expect(try read(name, size: ImageSize(height: 24, width: 16))?.width == 16)
    // Upside down it has this size either way.
    let turned = try #require(try read("exif_3.jpg", size: stored))
    #expect(isClose(turned, to: try self.image("exif_3.jpg.pixels")))
    #expect {
      try read(name, size: ImageSize(height: 24, width: 24))
    } throws: { error in
      "\(error)".hasSuffix("is 16 × 24 pixels; expected 24 × 24, as its annotations say")
    }
  }

  @Test(arguments: [0, 9, 255, 65_535]) func `an orientation that there isn't is none`(number: Int)
    throws
  {
    let bytes = try self.bytes("exif_6.jpg")
    // The entry: tag, type, count, and the number in the byte order of the file.
    let tag = try #require(
      bytes.indices.dropLast(12).first { place in
        bytes[place...].starts(with: [1, 0x12, 0, 3])
          || bytes[place...].starts(with: [0x12, 1, 3, 0])
      })
    var lying = bytes
    let (high, low) = (UInt8(number >> 8), UInt8(number & 255))
    lying.replaceSubrange(tag + 8..<tag + 10, with: bytes[tag] == 1 ? [high, low] : [low, high])
    guard let image = try read("lie.jpg", lying) else { return }
    #expect(isClose(image, to: try self.image("exif_1.jpg.pixels")))
  }

  @Test func `EXIF that is cut off or leads nowhere turns nothing and reads nothing beyond`() throws
  {
    let bytes = try self.bytes("exif_6.jpg")
    #expect(ImageOrientation(exifOf: bytes).isTransposed)
    for length in 0..<80 { _ = ImageOrientation(exifOf: Array(bytes.prefix(length))) }
    for place in 2..<80 {
      for byte in [0, 0x7F, 0xFF] as [UInt8] {
        var lying = bytes
        lying[place] = byte
        _ = ImageOrientation(exifOf: lying)
      }
    }
  }

  @Test(arguments: [(11, 7), (24, 5), (50, 40), (1, 1), (23, 16)])
  func `resized images have the pixels of Pillow's`(width: Int, height: Int) throws {
    let resized = try image("original").resized(to: ImageSize(height: height, width: width))
    #expect(try resized == image("resized.\(width)x\(height)"))
  }

  @Test func `an example is scaled to fit with its boxes`() throws {
    let example = Example(
      name: "a", id: 0, image: try image("original"),
      objects: GroundTruth(
        boxes: [Box(0, 0, 24, 16), Box(6, 4, 12, 8)], labels: [1, 2],
        ignoredRegions: [Box(0, 8, 24, 16)]))
    let fitted = example.fitted(into: ImageSize(height: 100, width: 48))
    #expect(fitted.image.size == ImageSize(height: 32, width: 48))
    #expect(fitted.objects.boxes == [Box(0, 0, 48, 32), Box(12, 8, 24, 16)])
    #expect(
      fitted.objects.ignoredRegions == [Box(0, 16, 48, 32)] && fitted.objects.labels == [1, 2])
    let narrow = example.fitted(into: ImageSize(height: 8, width: 1000))
    #expect(narrow.image.size == ImageSize(height: 8, width: 12))
    #expect(example.fitted(into: nil) == example)
    let batch = ImageBatch([fitted], stride: 8, size: ImageSize(height: 100, width: 48))
    #expect(batch.input.height == 104 && batch.input.width == 48)
    #expect(batch.truth.images[0].size == fitted.image.size)
  }
}
