import LossKit
import TestSupport
import Testing

/// Boxes cut at the border of an image.
struct ClippingTests {
  struct Parameters: Decodable, Sendable {
    let plus_one: Bool
    let image_size: [Int]
  }

  @Test(
    arguments: [
      try Reference.cases("boxes", "torchvision.clip"),
      try Reference.cases("boxes", "tf_faster_rcnn.clip"),
    ].flatMap(\.self) as [ReferenceCase<Parameters>])
  func `clipped boxes are those of the reference to the bit`(
    _ reference: ReferenceCase<Parameters>
  ) throws {
    let file = try Reference.open("boxes")
    let size = ImageSize(
      height: reference.parameters.image_size[0], width: reference.parameters.image_size[1])
    let boxes = try file.boxes(named: "\(reference.name)/boxes")
    let clipped = boxes.map {
      $0.clipped(to: size, reference.parameters.plus_one ? .inclusive : .continuous)
    }
    #expect(try clipped == file.boxes(named: "\(reference.name)/clipped"))
    #expect(clipped != boxes)
  }
}
