import LossKit
import TestSupport
import Testing

/// Decoding what was encoded.
struct RoundTripTests {
  static let values: [[String: ParameterValue]] = [
    [:],
    ["stds": [0.1, 0.1, 0.2, 0.2]],
    ["means": [0.5, -1, 0.25, 2], "stds": [0.1, 3, 0.2, 1]],
  ]

  /// Centres and sides are rounded on the way there and back, each by a step of coordinates up to
  /// 600, 6e-5 pixels, at most. Under the inclusive convention the lower right corner lies a pixel
  /// further, as in py-faster-rcnn.
  @Test(arguments: values, [PixelConvention.continuous, .inclusive])
  func `a decoded box is the encoded one`(
    values: [String: ParameterValue], convention: PixelConvention
  ) throws {
    var random = SeededGenerator(seed: 51)
    let coder = try DeltaBoxCoder(
      values.merging(["legacy_plus_one": .boolean(convention == .inclusive)]) { $1 })
    let boxes = random.boxes(300, within: 400, sides: 1...200)
    let priors = random.boxes(300, within: 400, sides: 4...200)
    for (box, prior) in zip(boxes, priors) {
      let decoded = coder.decode(coder.encode(box, relativeTo: prior), relativeTo: prior)
      let expected = Box(
        box.x1, box.y1, box.x2 + convention.extent, box.y2 + convention.extent)
      #expect(largestDifference([decoded], [expected]) <= 2.5e-4)
    }
  }

  @Test(arguments: [PixelConvention.continuous, .inclusive])
  func `a prior is encoded as nothing, and nothing decodes to the prior`(
    convention: PixelConvention
  ) throws {
    let coder = try DeltaBoxCoder(["legacy_plus_one": .boolean(convention == .inclusive)])
    let prior = Box(3, 5, 19, 45)
    #expect(coder.encode(prior, relativeTo: prior) == .zero)
    #expect(
      coder.decode(.zero, relativeTo: prior)
        == Box(3, 5, 19 + convention.extent, 45 + convention.extent))
  }
}
