import Foundation
import LossKit
import Testing

/// The formula and its parameters.
struct DeltaBoxCoderTests {
  let prior = Box(0, 0, 10, 20)

  @Test func `offsets are in sides of the prior, sides in logarithms`() throws {
    // Centre (5, 10) to (10, 5); 10 × 20 to 20 × 10.
    let target = try DeltaBoxCoder().encode(Box(0, 0, 20, 10), relativeTo: prior)
    #expect(target.x == 0.5)
    #expect(target.y == -0.25)
    #expect(abs(target.z - Float(log(2.0))) <= 1e-7)
    #expect(abs(target.w + Float(log(2.0))) <= 1e-7)
  }

  @Test func `means are subtracted before stds divide, and come back the other way round`() throws {
    let coder = try DeltaBoxCoder(["means": [0.25, 0, 0, 0], "stds": [0.5, 0.25, 1, 1]])
    let box = Box(5, 10, 15, 30)
    #expect(coder.encode(box, relativeTo: prior) == SIMD4(0.5, 2, 0, 0))
    #expect(coder.decode(SIMD4(0.5, 2, 0, 0), relativeTo: prior) == box)
  }

  @Test func `pixels are counted under legacy_plus_one`() throws {
    let coder = try DeltaBoxCoder(["legacy_plus_one": true])
    // 10 × 20 pixels with centre (5, 10), to 10 × 20 pixels with centre (10, 15).
    #expect(
      coder.encode(Box(5, 5, 14, 24), relativeTo: Box(0, 0, 9, 19)) == SIMD4(0.5, 0.25, 0, 0))
  }

  @Test func `clip holds the log ratios from above, after means and stds`() throws {
    let coder = try DeltaBoxCoder()
    let held = coder.decode(SIMD4(0, 0, 50, 4.2), relativeTo: prior)
    #expect(abs(held.width() - 625) <= 1e-3 && abs(held.height() - 1250) <= 2e-3)
    #expect(coder.decode(SIMD4(0, 0, -50, -50), relativeTo: prior).area() < 1e-30)
    let scaled = try DeltaBoxCoder(["clip": 1, "stds": [1, 1, 0.1, 0.1], "means": [0, 0, 0, 0.5]])
    let box = scaled.decode(SIMD4(0, 0, 9, 9), relativeTo: prior)
    #expect(abs(box.width() - 10 * Float(exp(0.9))) <= 1e-5)
    #expect(abs(box.height() - 20 * Float(exp(1.0))) <= 1e-5)
  }

  @Test(
    arguments: [
      (["stds": [1, 1, 1]], "delta_xywh: \"stds\" has 3 values; expected 4"),
      (["stds": [1, 1, 0, 1]], "delta_xywh: \"stds\" is 0; expected 1e-30 … 1e+30"),
      (["means": 0], "delta_xywh: \"means\" is 0; expected list of 4 numbers"),
      (["clip": 0], "delta_xywh: \"clip\" is 0; expected > 0"),
    ] as [([String: ParameterValue], String)])
  func `parameters out of range are named`(values: [String: ParameterValue], message: String) {
    let error = #expect(throws: ParameterErrors.self) { try DeltaBoxCoder(values) }
    #expect(error?.description == message)
  }
}
