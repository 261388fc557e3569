import Detector
import Testing

struct ImageTests {
  @Test func `an image holds three bytes a pixel`() throws {
    let image = try Image(width: 2, height: 1, pixels: [1, 2, 3, 4, 5, 6])
    #expect(image.size.width == 2 && image.size.height == 1)
    #expect(image.pixels == [1, 2, 3, 4, 5, 6])
  }

  @Test(arguments: [(0, 1), (1, 0), (-1, -3)])
  func `sides must be positive`(width: Int, height: Int) {
    let error = DataError(
      "image", "is \(width) × \(height) pixels; expected a width and a height of at least 1")
    #expect(throws: error) { try Image(width: width, height: height, pixels: []) }
  }

  @Test(arguments: [(2, 2), (1, 1), (.max, .max), (.max, 1)])
  func `bytes must fit the size`(width: Int, height: Int) {
    #expect {
      try Image(width: width, height: height, pixels: [0, 0, 0, 0])
    } throws: { error in
      "\(error)"
        == "image: has 4 bytes; expected red, green and blue for \(width) × \(height) pixels"
    }
  }
}
