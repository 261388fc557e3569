import LossKit
import TestSupport
import Testing

/// The anchors of py-faster-rcnn.
struct AnchorGridTests {
  struct Parameters: Decodable, Sendable {
    let base_size: Int
    let ratios: [Double]
    let scales: [Double]
    let stride: Double
    let grid: [Int]
  }

  @Test(arguments: try Reference.cases("anchors", "py_faster_rcnn") as [ReferenceCase<Parameters>])
  func `anchors are those of py-faster-rcnn to the bit`(_ reference: ReferenceCase<Parameters>)
    throws
  {
    let parameters = reference.parameters
    let generator = try AnchorGrid([
      "base_size": .integer(parameters.base_size),
      "scales": .list(parameters.scales.map { .number($0) }),
      "ratios": .list(parameters.ratios.map { .number($0) }),
      "strides": [.number(parameters.stride)],
    ])
    let file = try Reference.open("anchors")
    let base = try file.boxes(named: "\(reference.name)/base")
    let grid = try file.boxes(named: "\(reference.name)/grid")

    #expect(generator.priorsPerCell == [base.count])
    #expect(try generator.priors(on: [parameters.grid]) == grid)
    #expect(try generator.priors(on: [[1, 1]]) == base)
  }

  @Test func `the default is the published set of nine anchors`() throws {
    let anchors = try AnchorGrid().priors(on: [[1, 1]])
    #expect(
      anchors == [
        Box(-84, -40, 99, 55), Box(-176, -88, 191, 103), Box(-360, -184, 375, 199),
        Box(-56, -56, 71, 71), Box(-120, -120, 135, 135), Box(-248, -248, 263, 263),
        Box(-36, -80, 51, 95), Box(-80, -168, 95, 183), Box(-168, -344, 183, 359),
      ])
  }

  @Test func `halves are rounded to even: 4.5 pixels wide is 4`() throws {
    let generator = try AnchorGrid(["base_size": 9, "scales": 1, "ratios": 4])
    #expect(try generator.priors(on: [[1, 1]]) == [Box(2.5, -3.5, 5.5, 11.5)])
  }

  @Test func `levels follow each other, each with its own stride and base size`() throws {
    let generator = try AnchorGrid([
      "base_size": [4, 8], "scales": 1, "ratios": 1, "strides": [4, 8],
    ])
    #expect(generator.priorsPerCell == [1, 1])
    #expect(
      try generator.priors(on: [[2, 2], [1, 2]]) == [
        Box(0, 0, 3, 3), Box(4, 0, 7, 3), Box(0, 4, 3, 7), Box(4, 4, 7, 7),
        Box(0, 0, 7, 7), Box(8, 0, 15, 7),
      ])
  }

  @Test func `one base size holds for all levels`() throws {
    let generator = try AnchorGrid([
      "base_size": 4, "scales": 1, "ratios": 1, "strides": [4, 8],
    ])
    #expect(
      try generator.priors(on: [[1, 1], [1, 2]]) == [
        Box(0, 0, 3, 3), Box(0, 0, 3, 3), Box(8, 0, 11, 3),
      ])
  }
}
