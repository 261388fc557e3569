import LossKit
import TestSupport
import Testing

/// Non-maximum suppression.
struct SuppressOverlapsTests {
  struct Parameters: Decodable, Sendable {
    let plus_one: Bool
    let iou: Float
  }

  /// Two pairs of boxes overlap by exactly a half, and scores tie: the earlier row goes first.
  @Test(
    arguments: [
      try Reference.cases("proposals", "torchvision.nms"),
      try Reference.cases("proposals", "tf_faster_rcnn.nms"),
    ].flatMap(\.self) as [ReferenceCase<Parameters>])
  func `kept boxes are those of the reference, in order`(_ reference: ReferenceCase<Parameters>)
    throws
  {
    let file = try Reference.open("proposals")
    let boxes = try file.boxes(named: "\(reference.name)/boxes")
    let scores = try file.floats(named: "\(reference.name)/scores").elements
    let order = scores.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }
    let kept = suppressOverlaps(
      order.map { boxes[$0] }, above: reference.parameters.iou,
      reference.parameters.plus_one ? .inclusive : .continuous)
    #expect(
      try kept.map { order[$0] } == file.integers(named: "\(reference.name)/keep").elements)
  }

  @Test(
    arguments: [0, 0.1, 0.3, 0.5, 0.7, 1] as [Float], [PixelConvention.continuous, .inclusive])
  func `kept boxes leave each other alone, and each dropped one overlaps a better kept one`(
    threshold: Float, convention: PixelConvention
  ) {
    var random = SeededGenerator(seed: 11)
    for count in [0, 1, 2, 20, 150] {
      let boxes = random.boxes(count, within: 100, sides: 1...60)
      let kept = suppressOverlaps(boxes, above: threshold, convention)
      #expect(kept == kept.sorted() && Set(kept).count == kept.count)
      #expect(kept.first == boxes.indices.first)
      for (index, box) in boxes.enumerated() {
        let overlaps = kept.prefix { $0 < index }.map { boxes[$0].iou(box, convention) }
        #expect(kept.contains(index) == overlaps.allSatisfy { $0 <= threshold })
      }
    }
  }

  @Test func `a limit keeps the first of what is kept without it`() {
    var random = SeededGenerator(seed: 12)
    let boxes = random.boxes(100, within: 100, sides: 1...60)
    let all = suppressOverlaps(boxes, above: 0.3)
    #expect(all.count > 10)
    for limit in [0, 1, 5, all.count, 1000] {
      #expect(suppressOverlaps(boxes, above: 0.3, keeping: limit) == Array(all.prefix(limit)))
    }
  }

  @Test func `an overlap of exactly the threshold stays`() {
    let boxes = [Box(0, 0, 10, 10), Box(0, 0, 10, 5)]
    #expect(suppressOverlaps(boxes, above: 0.5) == [0, 1])
    #expect(suppressOverlaps(boxes, above: 0.4999) == [0])
    let pixels = [Box(0, 0, 9, 9), Box(0, 0, 9, 4)]
    #expect(suppressOverlaps(pixels, above: 0.5, .inclusive) == [0, 1])
    #expect(suppressOverlaps(pixels, above: 0.4999, .inclusive) == [0])
  }

  @Test func `a dropped box drops no other`() {
    let row = [Box(0, 0, 10, 1), Box(4, 0, 14, 1), Box(8, 0, 18, 1)]
    #expect(suppressOverlaps(row, above: 0.3) == [0, 2])
  }
}
