import LossKit
import TestSupport
import Testing

/// Encoding and decoding against torchvision and tf-faster-rcnn in double precision.
struct ReferenceCoderTests {
  typealias Case = ReferenceCase<BoxCaseParameters>

  /// The offsets are differences of centres, so an error of four roundings of the largest coordinate is
  /// divided by the prior's side, and multiplied by the weight. The log ratios are within 1e-6.
  @Test(
    arguments: [
      try Reference.cases("boxes", "torchvision.encode"),
      try Reference.cases("boxes", "tf_faster_rcnn.encode"),
    ].flatMap(\.self) as [Case])
  func `targets are those of the reference`(_ reference: Case) throws {
    let file = try Reference.open("boxes")
    let coder = try reference.parameters.coder()
    let convention = reference.parameters.convention
    let weights = SIMD4(reference.parameters.weights)
    let priors = try file.boxes(named: "\(reference.name)/priors")
    let boxes = try file.boxes(named: "\(reference.name)/boxes")
    let expected = try file.doubles(named: "\(reference.name)/deltas").elements
    #expect(priors.count == 40)
    for (row, (prior, box)) in zip(priors, boxes).enumerated() {
      let found = SIMD4<Double>(coder.encode(box, relativeTo: prior)) / weights
      let wanted = SIMD4(expected[4 * row..<4 * row + 4]) / weights
      let rounding = 4 * Double(max(prior.scale(convention), box.scale(convention)).ulp)
      let error = abs(found - wanted)
      #expect(error.x <= rounding / Double(prior.width(convention)) + 1e-6 * abs(wanted.x))
      #expect(error.y <= rounding / Double(prior.height(convention)) + 1e-6 * abs(wanted.y))
      #expect(error.z <= 1e-6 * max(1, abs(wanted.z)))
      #expect(error.w <= 1e-6 * max(1, abs(wanted.w)))
    }
  }

  /// A corner is the difference of a centre and half a side: 1e-6 of the largest of all these.
  @Test(
    arguments: [
      try Reference.cases("boxes", "torchvision.decode"),
      try Reference.cases("boxes", "tf_faster_rcnn.decode"),
    ].flatMap(\.self) as [Case])
  func `boxes are those of the reference`(_ reference: Case) throws {
    let file = try Reference.open("boxes")
    let coder = try reference.parameters.coder()
    let priors = try file.boxes(named: "\(reference.name)/priors")
    let deltas = try file.floats(named: "\(reference.name)/deltas").elements
    let expected = try file.boxes(named: "\(reference.name)/boxes")
    let boxesOfPrior = expected.count / priors.count
    #expect(boxesOfPrior == (reference.name.hasSuffix("by_class") ? 3 : 1))
    for (row, wanted) in expected.enumerated() {
      let prior = priors[row / boxesOfPrior]
      let found = coder.decode(SIMD4(deltas[4 * row..<4 * row + 4]), relativeTo: prior)
      let scale = max(wanted.scale(.continuous), prior.scale(.inclusive))
      #expect(largestDifference([found], [wanted]) <= 1e-6 * scale)
    }
  }
}

/// The magnitude of each element.
private func abs(_ vector: SIMD4<Double>) -> SIMD4<Double> {
  vector.replacing(with: -vector, where: vector .< 0)
}
