import LossCore
import Testing

@Suite struct BoxTests {
  @Test func measures() {
    let box = Box(2, 3, 12, 8)
    #expect(box.width() == 10)
    #expect(box.height() == 5)
    #expect(box.area() == 50)
    #expect(box.coordinates == [2, 3, 12, 8])
  }

  @Test func countsPixels() {
    let box = Box(2, 3, 11, 7)
    #expect(box.width(.inclusive) == 10)
    #expect(box.height(.inclusive) == 5)
    #expect(box.area(.inclusive) == 50)
    #expect(Box(4, 4, 4, 4).area(.inclusive) == 1)
  }

  @Test(
    arguments: [
      // Itself, inside, half, a corner, touching, apart.
      (Box(0, 0, 10, 10), 100, 1),
      (Box(2, 2, 7, 6), 20, 0.2),
      (Box(5, 0, 15, 10), 50, 1.0 / 3),
      (Box(9, 8, 19, 18), 2, 2.0 / 198),
      (Box(10, 0, 20, 10), 0, 0),
      (Box(30, 30, 40, 40), 0, 0),
      (Box(3, 3, 3, 8), 0, 0),
    ] as [(Box, Float, Float)])
  func overlaps(other: Box, shared: Float, iou: Float) {
    let box = Box(0, 0, 10, 10)
    #expect(box.intersection(other) == shared)
    #expect(other.intersection(box) == shared)
    #expect(box.iou(other) == iou)
    #expect(other.iou(box) == iou)
  }

  /// The boxes of ``overlaps(other:shared:iou:)``, named by their last pixel.
  @Test(
    arguments: [
      (Box(0, 0, 9, 9), 100, 1),
      (Box(2, 2, 6, 5), 20, 0.2),
      (Box(5, 0, 14, 9), 50, 1.0 / 3),
      (Box(9, 8, 18, 17), 2, 2.0 / 198),
      (Box(10, 0, 19, 9), 0, 0),
      (Box(30, 30, 39, 39), 0, 0),
    ] as [(Box, Float, Float)])
  func overlapsCountingPixels(other: Box, shared: Float, iou: Float) {
    let box = Box(0, 0, 9, 9)
    #expect(box.intersection(other, .inclusive) == shared)
    #expect(other.intersection(box, .inclusive) == shared)
    #expect(box.iou(other, .inclusive) == iou)
    #expect(other.iou(box, .inclusive) == iou)
  }

  @Test func hasNoOverlapWithoutArea() {
    #expect(Box(1, 1, 1, 1).iou(Box(1, 1, 1, 1)) == 0)
  }

  @Test(
    arguments: [
      (Box(10, 10, 20, 20), Box(10, 10, 20, 20), Box(10, 10, 20, 20)),
      (Box(-5, -6, 7, 8), Box(0, 0, 7, 8), Box(0, 0, 7, 8)),
      (Box(90, 40, 120, 70), Box(90, 40, 100, 50), Box(90, 40, 99, 49)),
      (Box(-9, -9, -1, -1), Box(0, 0, 0, 0), Box(0, 0, 0, 0)),
      (Box(200, 200, 300, 300), Box(100, 50, 100, 50), Box(99, 49, 99, 49)),
    ] as [(Box, Box, Box)])
  func movesIntoAnImage(box: Box, continuous: Box, inclusive: Box) {
    let size = ImageSize(height: 50, width: 100)
    #expect(box.clipped(to: size) == continuous)
    #expect(box.clipped(to: size, .inclusive) == inclusive)
  }

  @Test func knowsWhetherItIsFinite() {
    #expect(Box(0, -1, 1e30, 2).isFinite)
    for coordinate in [Float.nan, .infinity, -.infinity] {
      #expect(!Box(coordinate, 0, 1, 1).isFinite)
      #expect(!Box(0, coordinate, 1, 1).isFinite)
      #expect(!Box(0, 0, coordinate, 1).isFinite)
      #expect(!Box(0, 0, 1, coordinate).isFinite)
    }
  }
}
