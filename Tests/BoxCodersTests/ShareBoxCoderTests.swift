import LossKit
import TestSupport
import Testing

/// Coders whose numbers are shares of the prior's sides.
struct ShareBoxCoderTests {
  let prior = Box(10, 20, 30, 60)

  @Test func `tblr measures in sides of the prior, over a divisor`() throws {
    let box = Box(12, 30, 40, 80)
    // From (20, 40): 10 up, 40 down, 8 to the left, 20 to the right.
    #expect(
      try TBLRBoxCoder().encode(box, relativeTo: prior) == SIMD4(0.0625, 0.25, 0.1, 0.25))
    let pixels = try TBLRBoxCoder(["normalize": false, "divisor": 2])
    #expect(pixels.encode(box, relativeTo: prior) == SIMD4(5, 20, 4, 10))
    #expect(pixels.decode(SIMD4(5, 20, 4, 10), relativeTo: prior) == box)
  }

  @Test func `normalized_cxcywh measures from the prior's corner`() throws {
    let coder = try NormalizedBoxCoder()
    #expect(
      coder.encode(Box(15, 20, 25, 40), relativeTo: prior) == SIMD4(0.5, 0.25, 0.5, 0.5))
    #expect(
      coder.decode(SIMD4(0.5, 0.25, 0.5, 0.5), relativeTo: prior) == Box(15, 20, 25, 40))
    #expect(coder.encode(prior, relativeTo: prior) == SIMD4(0.5, 0.5, 1, 1))
    // A query of an image of 80 × 100 pixels.
    #expect(
      coder.encode(Box(25, 20, 75, 60), relativeTo: Box(0, 0, 100, 80))
        == SIMD4(0.5, 0.5, 0.5, 0.5))
  }

  /// Coordinates up to 600 are rounded on the way there and back.
  @Test func `a decoded box is the encoded one`() throws {
    var random = SeededGenerator(seed: 55)
    let coders: [any BoxCoder] = [
      try TBLRBoxCoder(), try TBLRBoxCoder(["normalize": false]), try NormalizedBoxCoder(),
      try DeltaBoxCoder(["clip_both": true]), try DeltaBoxCoder(["center_clip": 600]),
    ]
    let boxes = random.boxes(300, within: 400, sides: 4...200)
    let priors = random.boxes(300, within: 400, sides: 4...200)
    for coder in coders {
      for (box, prior) in zip(boxes, priors) {
        let decoded = coder.decode(coder.encode(box, relativeTo: prior), relativeTo: prior)
        #expect(largestDifference([decoded], [box]) <= 2.5e-4)
      }
    }
  }

  @Test func `numbers beyond all measure lead somewhere`() throws {
    for coder in [try TBLRBoxCoder(), try NormalizedBoxCoder()] as [any BoxCoder] {
      for number in [1e30, -1e30] as [Float] {
        let decoded = coder.decode(SIMD4(repeating: number), relativeTo: prior)
        #expect(decoded.coordinates.allSatisfy { !$0.isNaN })
      }
      _ = coder.encode(Box(.nan, 0, .infinity, 0), relativeTo: Box(3, 3, 3, 3))
    }
  }

  @Test func `delta_xywh may hold log ratios from below and centres both ways`() throws {
    let square = Box(0, 0, 16, 16)
    let both = try DeltaBoxCoder(["clip_both": true, "clip": 1])
    let held = both.decode(SIMD4(0, 0, -50, 50), relativeTo: square)
    #expect(held == both.decode(SIMD4(0, 0, -1, 1), relativeTo: square))
    let near = try DeltaBoxCoder(["center_clip": 4])
    #expect(near.decode(SIMD4(9, -9, 0, 0), relativeTo: square) == Box(4, -4, 20, 12))
    #expect(near.decode(SIMD4(0.125, -0.25, 0, 0), relativeTo: square) == Box(2, -4, 18, 12))
  }

  @Test func `distances may be held under a maximum`() throws {
    let coder = try DistanceBoxCoder(["max": 16, "margin": 0.5])
    // From (20, 40): −2 to the left, 10 up, 12 to the right, 40 down.
    #expect(
      coder.encode(Box(22, 30, 32, 80), relativeTo: prior) == SIMD4(0, 10, 12, 15.5))
    let error = #expect(throws: ParameterErrors.self) { try DistanceBoxCoder(["max": 0.1]) }
    #expect(
      error?.description == "distances: \"margin\" is 0.1, which leaves nothing under max")
  }
}
