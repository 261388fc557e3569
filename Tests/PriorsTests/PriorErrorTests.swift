import LossKit
import Testing

/// What grids of anchors say about parameters and feature maps that don't go together.
struct PriorErrorTests {
  @Test(
    arguments: [
      (
        ["base_size": [4, 8], "strides": [4, 8, 16]],
        "anchor_grid: \"base_size\" has 2 values for 3 strides; expected 1 or as many"
      ),
      (
        ["base_size": 0.5], "anchor_grid: \"base_size\" is 0.5; expected ≥ 1"
      ),
      (
        ["base_size": 1, "scales": 1, "ratios": [1, 9]],
        "anchor_grid: \"ratios\" make the anchor [0.5, 0.5, -0.5, -0.5]; "
          + "expected finite sides that don't round to 0"
      ),
      (
        ["scales": 1e300],
        "anchor_grid: \"ratios\" make the anchor [-inf, -inf, inf, inf]; "
          + "expected finite sides that don't round to 0"
      ),
      (["strides": 0], "anchor_grid: \"strides\" is 0; expected > 0"),
    ] as [([String: ParameterValue], String)])
  func `anchor_grid says what is wrong`(values: [String: ParameterValue], message: String) {
    let error = #expect(throws: ParameterErrors.self) { try AnchorGrid(values) }
    #expect(error?.description == message)
  }

  @Test(
    arguments: [
      (
        ["sizes": [[32], [64]]],
        "centered_anchor_grid: \"sizes\" has 2 levels for 1 strides; expected a list for each stride"
      ),
      (
        ["sizes": [[1]], "ratios": 1],
        "centered_anchor_grid: \"sizes\" make the anchor [-0.0, -0.0, 0.0, 0.0]; "
          + "expected finite sides that don't round to 0"
      ),
      (["offset": 1.5], "centered_anchor_grid: \"offset\" is 1.5; expected 0 … 1"),
      (
        ["outermost": "scale"],
        "centered_anchor_grid: \"outermost\" \"scale\" is none of \"ratio\", \"size\""
      ),
    ] as [([String: ParameterValue], String)])
  func `centered_anchor_grid says what is wrong`(
    values: [String: ParameterValue], message: String
  ) {
    let error = #expect(throws: ParameterErrors.self) { try CenteredAnchorGrid(values) }
    #expect(error?.description == message)
  }

  @Test(
    arguments: [
      (["strides": [8, 0]], "points: \"strides\" is 0; expected > 0"),
      (["strides": []], "points: \"strides\" is empty; expected list of numbers"),
      (["offset": -0.5], "points: \"offset\" is -0.5; expected 0 … 1"),
      (["offset": 2], "points: \"offset\" is 2; expected 0 … 1"),
    ] as [([String: ParameterValue], String)])
  func `points says what is wrong`(values: [String: ParameterValue], message: String) {
    let error = #expect(throws: ParameterErrors.self) { try Points(values) }
    #expect(error?.description == message)
  }

  @Test func `feature maps that don't go with the strides are refused`() throws {
    let generators: [any PriorGenerator] = [
      try AnchorGrid(["strides": [8, 16]]), try Points(["strides": [8, 16]]),
      try CenteredAnchorGrid(["sizes": [[32], [64]], "strides": [8, 16]]),
    ]
    for generator in generators {
      let few = #expect(throws: InputError.self) { try generator.priors(on: [[4, 4]]) }
      #expect(
        few?.description == "priors: 2 strides for 1 feature maps; expected one stride a level")
      let negative = #expect(throws: InputError.self) {
        try generator.priors(on: [[4, 4], [2, -1]])
      }
      #expect(
        negative?.description
          == "priors: the feature map of level 1 is 2 × -1; expected sides of 0 or more")
    }
  }

  @Test func `an empty feature map has no priors`() throws {
    #expect(try AnchorGrid().priors(on: [[0, 5]]).isEmpty)
    #expect(try Points(["strides": 8]).priors(on: [[5, 0]]).isEmpty)
  }

  /// The second one has no priors, but more rows than can be walked.
  @Test(arguments: [[1 << 40, 1 << 40], [1 << 58, 0], [0, Int.max], [1 << 12, 1 << 12]])
  func `feature maps of too many priors are refused`(map: [Int]) throws {
    for generator in [try AnchorGrid(), try CenteredAnchorGrid()] as [any PriorGenerator] {
      let error = #expect(throws: InputError.self) { try generator.priors(on: [map]) }
      #expect(
        error?.description
          == "priors: feature maps of \(map[0]) × \(map[1]) cells with 9 priors each; expected "
          + "33554432 priors at most, in all images together")
    }
  }

  @Test(arguments: [[1 << 40, 1 << 40], [1 << 58, 0], [0, Int.max], [1 << 13, 1 << 13]])
  func `feature maps of too many points are refused`(map: [Int]) throws {
    let error = #expect(throws: InputError.self) {
      try Points(["strides": [8, 16]]).priors(on: [[2, 3], map])
    }
    #expect(
      error?.description
        == "priors: feature maps of \(map[0]) × \(map[1]) cells with 1 priors each beside those of "
        + "other levels; expected 33554432 priors at most, in all images together")
  }

  @Test func `a cell has so many priors at most, on all levels together`() throws {
    func grid(sizes count: Int) throws -> CenteredAnchorGrid {
      let sizes = (1...count).map { ParameterValue.number(8 + Double($0) / 65_536) }
      return try CenteredAnchorGrid([
        "sizes": [.list(sizes), [8]], "strides": [8, 16], "ratios": 1, "round": false,
      ])
    }
    #expect(try grid(sizes: 65_535).priorsPerCell == [65_535, 1])
    let more = #expect(throws: ParameterErrors.self) { try grid(sizes: 65_536) }
    #expect(
      more?.description
        == "centered_anchor_grid: \"ratios\" make more than 65536 priors a cell, on all levels "
        + "together")

    let numbers = (1...257).map { ParameterValue.number(8 + Double($0) / 256) }
    let most = ParameterValue.list(numbers.dropLast())
    #expect(try AnchorGrid(["scales": most, "ratios": most]).priorsPerCell == [65_536])
    let corners = #expect(throws: ParameterErrors.self) {
      try AnchorGrid(["scales": most, "ratios": .list(numbers)])
    }
    #expect(
      corners?.description
        == "anchor_grid: \"ratios\" make more than 65536 priors a cell, on all levels together")
  }
}
