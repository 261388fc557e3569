import LossKit
import Testing

/// Predictions whose shape doesn't fit their layout: errors show both.
struct MisfitTests {
  struct Misfit: Sendable, CustomTestStringConvertible {
    let layout: String
    let target: any Target
    let shape: [Int]
    let problem: String
    var testDescription: String { "\(layout) \(shape)" }

    init(_ layout: String, _ target: some Target, _ shape: [Int], _ problem: String) {
      self.layout = layout
      self.target = target
      self.shape = shape
      self.problem = problem
    }
  }

  /// Two images of 12 priors.
  static let offMaps = [
    Misfit(
      "r c", .box, [24, 4, 1],
      "shape [24, 4, 1] has 3 axes, but layout \"r c\" has 2"),
    Misfit(
      "r c", .box, [23, 4],
      "shape [23, 4] doesn't fit layout \"r c\" with c = 4, r = 24: axis 0 is 23, expected 24"),
    Misfit(
      "r c", .box, [24, 5],
      "shape [24, 5] doesn't fit layout \"r c\" with c = 4, r = 24: axis 1 is 5, expected 4"),
    Misfit(
      "r (k c)", .box, [24, 82],
      "shape [24, 82] doesn't fit layout \"r (k c)\" with c = 4, r = 24: axis 1, (k c), is 82, "
        + "expected a multiple of 4"),
    Misfit(
      "n p c", .box, [2, 13, 4],
      "shape [2, 13, 4] doesn't fit layout \"n p c\" with c = 4, n = 2, p = 12: axis 1 is 13, "
        + "expected 12, one for each prior of the stage; of queries, set priors.count"),
    Misfit(
      "n p c", .box, [3, 12, 4],
      "shape [3, 12, 4] doesn't fit layout \"n p c\" with c = 4, n = 2, p = 12: axis 0 is 3, "
        + "expected 2"),
    Misfit(
      "p c", .box, [12, 4],
      "layout \"p c\" has no n, which makes its length 1; expected 2"),
    Misfit(
      "(r c)", .objectness, [25],
      "shape [25] doesn't fit layout \"(r c)\" with c = 1, r = 24: axis 0, (r c), is 25, expected 24"
    ),
  ]

  @Test(arguments: offMaps) func `priors off feature maps`(misfit: Misfit) throws {
    let scene = Scene(priors: [12, 12], classes: 2, seed: 1)
    let term = try Term.of("x", layout: misfit.layout, target: misfit.target, try L1Loss())
    let prediction = try Tensor(repeating: Float(0), shape: misfit.shape)
    #expect(
      complaint { try scene.evaluate([term], ["x": prediction]) }
        == "prediction \"x\": \(misfit.problem)")
  }

  /// Two images of maps of 2 × 3 cells with 2 priors each, which the first term's prediction tells.
  static let onMaps = [
    Misfit(
      "n (a c) h w", .box, [2, 9, 2, 3],
      "shape [2, 9, 2, 3] doesn't fit layout \"n (a c) h w\" with a = 2, c = 4, h = 2, n = 2, w = 3: "
        + "axis 1, (a c), is 9, expected 8"),
    Misfit(
      "n (a c) h w", .box, [2, 8, 3, 2],
      "shape [2, 8, 3, 2] doesn't fit layout \"n (a c) h w\" with a = 2, c = 4, h = 2, n = 2, w = 3: "
        + "axis 3 is 2, expected 3"),
    Misfit(
      "n (k a c) h w", .box, [2, 20, 2, 3],
      "shape [2, 20, 2, 3] doesn't fit layout \"n (k a c) h w\" with a = 2, c = 4, h = 2, n = 2, "
        + "w = 3: axis 1, (k a c), is 20, expected a multiple of 8"),
    Misfit(
      "n h w c", .box, [2, 2, 3, 4],
      "layout \"n h w c\" has no a, which makes its length 1; expected 2"),
    Misfit(
      "a c h w", .box, [2, 4, 2, 3],
      "layout \"a c h w\" has no n, which makes its length 1; expected 2"),
  ]

  @Test(arguments: onMaps) func `priors on feature maps`(misfit: Misfit) throws {
    let scene = Scene(priors: [12, 12], classes: 2, seed: 1)
    let terms = [
      try Term.of("score", layout: "n a h w", target: .objectness, try L1Loss()),
      try Term.of("x", layout: misfit.layout, target: misfit.target, try L1Loss()),
    ]
    let predictions = [
      "score": try Tensor(repeating: Float(0), shape: [2, 2, 2, 3]),
      "x": try Tensor(repeating: Float(0), shape: misfit.shape),
    ]
    #expect(
      complaint { try scene.evaluate(priorsPerCell: [2], terms, predictions) }
        == "prediction \"x\": \(misfit.problem)")
  }

  @Test func `two lengths that nothing tells`() throws {
    let scene = Scene(priors: [12, 12], classes: 2, seed: 1)
    let term = try Term.of("x", layout: "n a (h w)", target: .objectness, try L1Loss())
    let prediction = try Tensor(repeating: Float(0), shape: [2, 2, 6])
    #expect(
      complaint { try scene.evaluate(priorsPerCell: [2], [term], ["x": prediction]) }
        == "prediction \"x\": shape [2, 2, 6] with layout \"n a (h w)\": axis 2, (h w), leaves the "
        + "lengths of h and w open")
  }

  @Test func `p where images have different numbers of priors`() throws {
    let scene = Scene(priors: [12, 12, 11], classes: 2, seed: 1)
    let term = try Term.of("x", layout: "n p c", target: .box, try L1Loss())
    let prediction = try Tensor(repeating: Float(0), shape: [3, 12, 4])
    #expect(
      complaint { try scene.evaluate([term], ["x": prediction]) }
        == "stage stage, term x: layout \"n p c\" has p, but the images have [12, 12, 11] "
        + "priors; use r")
  }

  @Test func `h and w where the priors lie on no map`() throws {
    let scene = Scene(priors: [6, 6], classes: 2, seed: 1)
    let term = try Term.of("x", layout: "n h w c", target: .box, try L1Loss())
    let prediction = try Tensor(repeating: Float(0), shape: [2, 2, 3, 4])
    #expect(
      complaint { try scene.evaluate([term], ["x": prediction]) }
        == "stage stage, term x: layout \"n h w c\" has h and w, but the priors lie on no feature "
        + "map; use r")
  }

  @Test func `another number of predictions than levels`() throws {
    let scene = Scene(priors: [12, 12], classes: 2, seed: 1)
    let prediction = try Tensor(repeating: Float(0), shape: [2, 2, 2, 3])
    let one = try Term.of("x", layout: "n a h w", target: .objectness, try L1Loss())
    #expect(
      complaint { try scene.evaluate(priorsPerCell: [2, 2], [one], ["x": prediction]) }
        == "stage stage, term x: names 1 prediction for 2 levels of priors; expected one a level")
    let two = try Term.of("x", "x", layout: "n a h w", target: .objectness, try L1Loss())
    #expect(
      complaint { try scene.evaluate(priorsPerCell: [2], [one, two], ["x": prediction]) }
        == "stage stage, term x x: names 2 predictions for 1 level; expected one a level")
    let ragged = try Term.of("x", "x", layout: "r", target: .objectness, try L1Loss())
    #expect(
      complaint { try scene.evaluate([ragged], ["x": prediction]) }
        == "stage stage, term x x: names 2 predictions; expected one for layout \"r\"")
  }
}
