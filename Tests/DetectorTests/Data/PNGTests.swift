import Bundle
import Detector
import Foundation
import TestSupport
import Testing

struct PNGTests {
  private func expectSame(_ image: Image) throws {
    let read = try PNGReader(image.png)
    #expect(read.width == image.width && read.height == image.height)
    #expect(read.pixels == image.pixels)
  }

  @Test(arguments: [(1, 1), (1, 7), (5, 1), (33, 20)])
  func `random pixels come back`(width: Int, height: Int) throws {
    var random = SeededGenerator(seed: 1)
    try expectSame(
      Image(
        width: width, height: height,
        pixels: (0..<3 * width * height).map { _ in UInt8.random(in: 0...255, using: &random) }))
  }

  /// Runs of all lengths up to the longest, and copies from all distances.
  @Test(arguments: [1, 2, 3, 4, 9, 40, 257, 258, 259, 700])
  func `repeated pixels come back`(period: Int) throws {
    var random = SeededGenerator(seed: UInt64(period))
    let pattern = (0..<period).map { _ in UInt8.random(in: 0...255, using: &random) }
    let (width, height) = (97, 40)
    var pixels = (0..<3 * width * height).map { pattern[$0 % period] }
    // Interrupted, so that runs of many lengths come about.
    for _ in 0..<60 {
      pixels[Int.random(in: 0..<pixels.count, using: &random)] = UInt8.random(
        in: 0...255, using: &random)
    }
    try expectSame(Image(width: width, height: height, pixels: pixels))
  }

  @Test func `even pixels take little room`() throws {
    let image = try Image(
      width: 200, height: 100, pixels: Array(repeating: 77, count: 3 * 200 * 100))
    #expect(image.png.count < 1_000)
    try expectSame(image)
  }

  @Test func `scenes come back`() throws {
    try expectSame(try SceneDataSet(.init(size: .init(height: 48, width: 64))).example(3).image)
  }

  @Test func `a file is written whole or not at all`() throws {
    let folder = try TemporaryFolder()
    let image = try Image(width: 1, height: 1, pixels: [1, 2, 3])
    try image.writePNG(to: folder.path("a.png"))
    #expect(try Array(Data(contentsOf: URL(filePath: folder.path("a.png")))) == image.png)
    let path = folder.path("no/a.png")
    #expect(
      throws: BundleError(
        file: path, message: "cannot create a file in its folder: No such file or directory")
    ) { try image.writePNG(to: path) }
    #expect(try folder.names == ["a.png"])
  }
}
