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

  @Test func `feature maps that don't go with the strides are refused`() throws {
    let generators: [any PriorGenerator] = [
      try AnchorGrid(["strides": [8, 16]]),
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
  }
}
