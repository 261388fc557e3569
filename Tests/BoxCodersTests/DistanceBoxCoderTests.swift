import Foundation
import LossKit
import TestSupport
import Testing

/// The formula and its parameters.
struct DistanceBoxCoderTests {
  /// A point of stride 8 at (20, 12).
  let prior = Box(16, 8, 24, 16)
  let box = Box(10, 10, 36, 44)

  static let activations = ["none", "relu", "exp"]

  static func coder(_ activation: String, normalize: Bool) throws -> DistanceBoxCoder {
    try DistanceBoxCoder(["activation": .string(activation), "normalize": .boolean(normalize)])
  }

  @Test func `distances are measured from the prior's centre`() throws {
    let coder = try DistanceBoxCoder()
    #expect(coder.encode(box, relativeTo: prior) == SIMD4(10, 2, 16, 32))
    #expect(coder.decode(SIMD4(10, 2, 16, 32), relativeTo: prior) == box)
    // The sides of the prior don't matter.
    #expect(coder.encode(box, relativeTo: Box(19, 2, 21, 22)) == SIMD4(10, 2, 16, 32))
  }

  @Test func `with normalize they count the prior's sides`() throws {
    let coder = try DistanceBoxCoder(["normalize": true])
    #expect(coder.encode(box, relativeTo: prior) == SIMD4(1.25, 0.25, 2, 4))
    #expect(coder.decode(SIMD4(1.25, 0.25, 2, 4), relativeTo: prior) == box)
    let wide = Box(12, 10, 28, 14)
    #expect(coder.encode(box, relativeTo: wide) == SIMD4(0.625, 0.5, 1, 8))
    #expect(coder.decode(SIMD4(0.625, 0.5, 1, 8), relativeTo: wide) == box)
  }

  @Test func `a unit is a length in pixels, or in the prior's sides`() throws {
    let pixels = try DistanceBoxCoder(["unit": 2])
    #expect(pixels.encode(box, relativeTo: prior) == SIMD4(5, 1, 8, 16))
    #expect(pixels.decode(SIMD4(5, 1, 8, 16), relativeTo: prior) == box)
    // The stride, of an anchor of 8 strides.
    let strides = try DistanceBoxCoder(["normalize": true, "unit": 0.125, "max": 6])
    let anchor = Box(4, -4, 36, 28)
    #expect(strides.encode(box, relativeTo: anchor) == SIMD4(2.5, 0.5, 4, 5.9))
    #expect(strides.decode(SIMD4(2.5, 0.5, 4, 8), relativeTo: anchor) == box)
  }

  @Test func `a centre outside the box has negative distances`() throws {
    let far = Box(30, 20, 40, 28)
    let coder = try DistanceBoxCoder()
    #expect(coder.encode(far, relativeTo: prior) == SIMD4(-10, -8, 20, 16))
    #expect(coder.decode(SIMD4(-10, -8, 20, 16), relativeTo: prior) == far)
    let positive = try DistanceBoxCoder(["activation": "relu"])
    #expect(positive.encode(far, relativeTo: prior) == SIMD4(-10, -8, 20, 16))
    #expect(positive.decode(SIMD4(-10, -8, 20, 16), relativeTo: prior) == Box(20, 12, 40, 28))
    let exponential = try DistanceBoxCoder(["activation": "exp"])
    let held = exponential.encode(far, relativeTo: prior)
    #expect(held.x == held.y && held.x.isFinite && held.x < -80)
    #expect(abs(held.z - Float(log(20.0))) <= 1e-6)
  }

  @Test func `exp is taken of numbers up to clip`() throws {
    let coder = try DistanceBoxCoder(["activation": "exp"])
    let decoded = coder.decode(SIMD4(0, 1, 10, 50), relativeTo: prior)
    #expect(decoded.x1 == 19)
    #expect(abs(decoded.y1 - Float(12 - exp(1.0))) <= 1e-5)
    #expect(abs(decoded.x2 - Float(20 + exp(10.0))) <= 0.01)
    #expect(decoded.y2 - 12 == decoded.x2 - 20)
    let low = try DistanceBoxCoder(["activation": "exp", "clip": 2, "normalize": true])
    let left = low.decode(SIMD4(5, 0, 0, 0), relativeTo: prior).x1
    #expect(abs(left - Float(20 - 8 * exp(2.0))) <= 1e-4)
  }

  /// The centre of a prior is within a rounding of coordinates up to 600, and so is a distance; exp and log
  /// add some roundings of the distance.
  @Test(arguments: activations, [false, true])
  func `a decoded box is the encoded one`(activation: String, normalize: Bool) throws {
    var random = SeededGenerator(seed: 53)
    let coder = try Self.coder(activation, normalize: normalize)
    for _ in 0..<300 {
      let prior = random.boxes(1, within: 400, sides: 4...64)[0]
      let x = (prior.x1 + prior.x2) / 2
      let y = (prior.y1 + prior.y2) / 2
      let d = random.floats(4, in: activation == "none" ? -40...150 : 0.125...150)
      let box = Box(x - d[0], y - d[1], x + d[2], y + d[3])
      let decoded = coder.decode(coder.encode(box, relativeTo: prior), relativeTo: prior)
      #expect(largestDifference([decoded], [box]) <= 2.5e-4)
    }
  }

  @Test(arguments: activations, [false, true])
  func `numbers beyond all measure lead somewhere`(activation: String, normalize: Bool) throws {
    let coder = try Self.coder(activation, normalize: normalize)
    for number in [1e30, -1e30, .greatestFiniteMagnitude, -.greatestFiniteMagnitude] as [Float] {
      let decoded = coder.decode(SIMD4(repeating: number), relativeTo: prior)
      #expect(decoded.coordinates.allSatisfy { !$0.isNaN })
      if activation != "none", number < 0 { #expect(decoded == Box(20, 12, 20, 12)) }
      if activation == "exp" { #expect(decoded.isFinite) }
    }
    let huge = Box(-1e30, -1e30, 1e30, 1e30)
    #expect(coder.encode(huge, relativeTo: prior).x > 0)
    _ = coder.encode(Box(1e30, 1e30, -1e30, -1e30), relativeTo: prior)
    _ = coder.encode(Box(.nan, 0, .infinity, 0), relativeTo: Box(3, 3, 3, 3))
    _ = coder.decode(SIMD4(.nan, .infinity, -.infinity, 0), relativeTo: Box(3, 3, 3, 3))
  }

  @Test(
    arguments: [
      (["normalize": 1], "distances: \"normalize\" is 1; expected true or false"),
      (["clip": 0], "distances: \"clip\" is 0; expected > 0"),
      (
        ["activation": "rel"],
        "distances: \"activation\" \"rel\" is none of \"none\", \"relu\", \"exp\""
      ),
    ] as [([String: ParameterValue], String)])
  func `parameters out of range are named`(values: [String: ParameterValue], message: String) {
    let error = #expect(throws: ParameterErrors.self) { try DistanceBoxCoder(values) }
    #expect(error?.description == message)
  }
}
