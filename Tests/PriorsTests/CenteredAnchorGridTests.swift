import LossKit
import TestSupport
import Testing

/// The anchors of torchvision and detectron2.
struct CenteredAnchorGridTests {
  struct TorchvisionParameters: Decodable, Sendable {
    let sizes: [[Double]]
    let ratios: [Double]
    let grids: [[Int]]
    /// Per level the stride in y and in x.
    let strides: [[Double]]
  }

  struct Detectron2Parameters: Decodable, Sendable {
    let sizes: [Double]
    let ratios: [Double]
    let offset: Double
    let stride: Double
    let grid: [Int]
  }

  /// torchvision's stride is the padded image's side over the map's, rounded down, so that a level of
  /// one case has 32 in y and 33 in x. The plugin has one stride a level: the coordinates in y are
  /// held against a grid of the first, those in x against a grid of the second.
  @Test(
    arguments: try Reference.cases("anchors", "torchvision")
      as [ReferenceCase<TorchvisionParameters>])
  func `anchors are those of torchvision to the bit`(
    _ reference: ReferenceCase<TorchvisionParameters>
  ) throws {
    let parameters = reference.parameters
    func generator(axis: Int) throws -> CenteredAnchorGrid {
      try CenteredAnchorGrid([
        "sizes": .list(parameters.sizes.map { .list($0.map { .number($0) }) }),
        "ratios": .list(parameters.ratios.map { .number($0) }),
        "strides": .list(parameters.strides.map { .number($0[axis]) }),
      ])
    }
    let file = try Reference.open("anchors")
    let expected = try file.boxes(named: "\(reference.name)/grid")
    let bases = try parameters.sizes.indices.map {
      try file.boxes(named: "\(reference.name)/base.\($0)")
    }

    let vertical = try generator(axis: 0)
    #expect(vertical.priorsPerCell == bases.map(\.count))
    #expect(try vertical.priors(on: bases.map { _ in [1, 1] }) == bases.flatMap(\.self))
    let rows = try vertical.priors(on: parameters.grids)
    let columns = try generator(axis: 1).priors(on: parameters.grids)
    #expect(zip(columns, rows).map { Box($0.x1, $1.y1, $0.x2, $1.y2) } == expected)
  }

  @Test(
    arguments: try Reference.cases("anchors", "detectron2")
      as [ReferenceCase<Detectron2Parameters>])
  func `anchors follow detectron2's definition`(_ reference: ReferenceCase<Detectron2Parameters>)
    throws
  {
    let parameters = reference.parameters
    let generator = try CenteredAnchorGrid([
      "sizes": [.list(parameters.sizes.map { .number($0) })],
      "ratios": .list(parameters.ratios.map { .number($0) }),
      "strides": [.number(parameters.stride)], "offset": .number(parameters.offset),
      "round": false, "outermost": "size",
    ])
    let expected = try Reference.open("anchors").boxes(named: "\(reference.name)/grid")
    #expect(
      largestDifference(try generator.priors(on: [parameters.grid]), expected) <= 1e-5)
  }

  @Test func `an anchor has the area and the ratio that it is named for`() throws {
    let sizes = [7.5, 32, 300]
    let ratios = [0.25, 1, 3]
    let anchors = try CenteredAnchorGrid([
      "sizes": [.list(sizes.map { .number($0) })], "ratios": .list(ratios.map { .number($0) }),
      "round": false,
    ]).priors(on: [[1, 1]])
    let named = ratios.flatMap { ratio in sizes.map { (Float($0), Float(ratio)) } }
    for (anchor, (size, ratio)) in zip(anchors, named) {
      #expect(abs(anchor.area() / (size * size) - 1) <= 1e-6)
      #expect(abs(anchor.height() / anchor.width() / ratio - 1) <= 1e-6)
      #expect(anchor.x1 == -anchor.x2 && anchor.y1 == -anchor.y2)
    }
  }

  @Test func `anchors of cells beyond the padded size are ignored where that is asked for`() throws
  {
    func visible(_ parameters: [String: ParameterValue], padded: ImageSize?) throws -> [Int]? {
      let grid = try CenteredAnchorGrid(
        ["sizes": [[8], [16]], "ratios": [1, 2], "strides": [8, 16]].merging(parameters) { $1 })
      return try grid.priors(
        for: PriorRequest(
          imageSize: ImageSize(height: 9, width: 9), paddedSize: padded,
          featureMaps: [FeatureMap(height: 2, width: 3), FeatureMap(height: 1, width: 2)],
          groundTruth: GroundTruth(boxes: [], labels: []))
      ).visible
    }
    let asked: [String: ParameterValue] = ["ignore_padding": true]
    let padded = ImageSize(height: 8, width: 17)
    // Cells begin at x = 0, 8, 16 and y = 0, 8 on the first level; two anchors each.
    #expect(try visible(asked, padded: padded) == [0, 1, 2, 3, 4, 5, 12, 13, 14, 15])
    #expect(
      try visible(asked, padded: ImageSize(height: 9, width: 16)) == [
        0, 1, 2, 3, 6, 7, 8, 9, 12, 13,
      ])
    #expect(try visible(asked, padded: nil) == nil)
    #expect(try visible([:], padded: padded) == nil)
  }
}
