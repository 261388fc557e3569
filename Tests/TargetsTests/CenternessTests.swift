import LossKit
import TestSupport
import Testing

/// The centerness of priors in their boxes, as a target and as a row weight.
struct CenternessTests {
  /// What both give for positives with these centres and boxes.
  private func centerness(_ pairs: [(prior: Box, box: Box)]) throws -> [Float] {
    let image = MatchedPriors(
      priors: Priors([Box(0, 0, 1, 1)] + pairs.map(\.prior)),
      assignment: Assignment(matches: [-1] + pairs.indices.map { Int32($0) }),
      sampled: Array(0...pairs.count), classes: [0] + pairs.map { _ in 1 },
      positives: pairs.indices.map { $0 + 1 }, boxes: pairs.map(\.box),
      boxTargets: pairs.map { _ in .zero })
    guard case .numbers(let numbers) = try CenternessTarget([:]).values(for: image) else {
      Issue.record("no numbers")
      return []
    }
    #expect(try CenternessWeight([:]).weights(for: image) == numbers)
    return numbers
  }

  /// A prior of any size around a point.
  private func point(_ x: Float, _ y: Float, side: Float = 8) -> Box {
    Box(x - side / 2, y - side / 2, x + side / 2, y + side / 2)
  }

  @Test func `it is 1 in the centre and falls to 0 at the sides`() throws {
    let box = Box(0, 0, 8, 16)
    #expect(
      try centerness([
        (point(4, 8), box), (point(4, 8, side: 1), box), (point(2, 8), box), (point(6, 8), box),
        (point(4, 4), box), (point(2, 4), box), (point(0, 8), box), (point(8, 8), box),
        (point(4, 0), box), (point(4, 16), box),
      ]) == [
        1, 1, Float(1.0 / 3).squareRoot(), Float(1.0 / 3).squareRoot(),
        Float(1.0 / 3).squareRoot(), (Float(1.0 / 3) * Float(1.0 / 3)).squareRoot(), 0, 0, 0, 0,
      ])
  }

  @Test func `outside it is 0`() throws {
    let box = Box(0, 0, 8, 16)
    #expect(
      try centerness([
        (point(-1, 8), box), (point(9, 8), box), (point(4, -3), box), (point(4, 30), box),
        // Both factors would be negative.
        (point(-1, -1), box), (point(20, 30), box),
      ]) == [0, 0, 0, 0, 0, 0])
  }

  @Test func `it is finite in boxes without area and beyond all measure`() throws {
    let numbers = try centerness([
      (point(4, 4), Box(4, 4, 4, 4)), (point(4, 4), Box(4, 0, 4, 8)),
      (point(4, 4), Box(9, 9, 1, 1)), (point(0, 0), Box(-1e-38, -1e-38, 1e-38, 1e-38)),
      (point(0, 0), Box(-1e38, -1e38, 1e38, 1e38)),
      (point(4, 4), Box(-1e38, 0, 8, 8)),
    ])
    #expect(numbers.allSatisfy { (0...1) ~= $0 })
    #expect(numbers[0] == 0 && numbers[1] == 0 && numbers[4] == 1)
  }

  @Test func `it is one number for each positive`() throws {
    let target = try CenternessTarget([:])
    let weight = try CenternessWeight([:])
    #expect(target.scope == .positives && weight.scope == .positives)
    #expect(!target.columns.areClasses && !target.columns.areDeltas)
    #expect(try centerness([]) == [])
  }
}
