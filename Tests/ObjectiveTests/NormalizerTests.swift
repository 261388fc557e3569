import LossKit
import Testing

/// What a term's sum is divided by, against numbers worked out by hand.
struct NormalizerTests {
  /// One row of five cells in each image. Squared differences from the objectness:
  /// image 0: (2 − 1)² + 1² + 3² = 11 over 3 sampled priors, of which 1 is positive;
  /// image 1: (0 − 1)² + (4 − 1)² + 2² + 1² = 15 over 4, of which 2 are positive.
  static let scene = Scene(
    matches: [[0, -1, -1, -2, -2], [0, 1, -1, -1, -2]], labels: [[1], [2, 1]])
  static let scores: [Double] = [2, 1, 3, 100, 100, 0, 4, 2, 1, 100]

  struct Case: Sendable, CustomTestStringConvertible {
    let normalizer: Normalizer
    let divisors: [Double]
    let value: Double
    var testDescription: String { "\(normalizer)" }

    init(_ normalizer: Normalizer, _ divisors: [Double], _ value: Double) {
      self.normalizer = normalizer
      self.divisors = divisors
      self.value = value
    }
  }

  static let cases: [Case] = [
    Case(Normalizer(.rows), [7], 26.0 / 7),
    Case(Normalizer(.sampled), [7], 26.0 / 7),
    Case(Normalizer(.positives), [3], 26.0 / 3),
    Case(Normalizer(.cells), [10], 2.6),
    Case(Normalizer(.weights), [7], 26.0 / 7),
    Case(Normalizer(.constant(8)), [8], 3.25),
    Case(Normalizer(.rows, per: .image), [3, 4], (11.0 / 3 + 15.0 / 4) / 2),
    Case(Normalizer(.sampled, per: .image), [3, 4], (11.0 / 3 + 15.0 / 4) / 2),
    Case(Normalizer(.positives, per: .image), [1, 2], (11 + 7.5) / 2),
    Case(Normalizer(.cells, per: .image), [5, 5], 2.6),
    Case(Normalizer(.weights, per: .image), [3, 4], (11.0 / 3 + 15.0 / 4) / 2),
    Case(Normalizer(.constant(8), per: .image), [8, 8], 1.625),
    Case(Normalizer(.rows, floor: 4), [7], 26.0 / 7),
    Case(Normalizer(.positives, floor: 4), [4], 6.5),
    Case(Normalizer(.constant(2), floor: 4), [4], 6.5),
    Case(Normalizer(.rows, per: .image, floor: 3.5), [3.5, 4], (11 / 3.5 + 15.0 / 4) / 2),
    Case(Normalizer(.positives, per: .image, floor: 1.5), [1.5, 2], (11 / 1.5 + 7.5) / 2),
    Case(Normalizer(.constant(2), per: .image, floor: 4), [4, 4], 3.25),
    Case(Normalizer(.positives, imageFloor: 1.5), [3.5], 26 / 3.5),
    Case(Normalizer(.positives, floor: 4, imageFloor: 1.5), [4], 6.5),
    Case(Normalizer(.positives, per: .image, imageFloor: 1.5), [1.5, 2], (11 / 1.5 + 7.5) / 2),
  ]

  /// Positives weigh 1 in image 0, 1 and 2 in image 1; sampled priors 1 + 2 + 3, and 4 more.
  static let weightCases: [Case] = [
    Case(Normalizer(positiveSum), [4], 6.5),
    Case(Normalizer(positiveSum, per: .image), [1, 3], (11 + 5) / 2),
    Case(Normalizer(positiveSum, floor: 5), [5], 26.0 / 5),
    Case(Normalizer(positiveSum, per: .image, floor: 2), [2, 3], (5.5 + 5) / 2),
    Case(Normalizer(positiveSum, imageFloor: 2), [5], 26.0 / 5),
    Case(Normalizer(positiveSum, floor: 8, imageFloor: 2), [8], 26.0 / 8),
    Case(Normalizer(sampledSum), [16], 26.0 / 16),
    Case(Normalizer(sampledSum, per: .image), [6, 10], (11.0 / 6 + 1.5) / 2),
  ]
  private static let positiveSum = Normalizer.Count.rowWeight(NumberedWeight(scope: .positives))
  private static let sampledSum = Normalizer.Count.rowWeight(NumberedWeight(scope: .sampled))

  @Test(arguments: cases + weightCases) func `every count, scope and floor`(case: Case) throws {
    let term = try Term.of(
      "x", layout: "n h w", target: .objectness, try L2Loss(), `case`.normalizer)
    let result = try Self.scene.evaluate(
      priorsPerCell: [1], [term], ["x": try Tensor(shape: [2, 1, 5], elements: Self.scores)])
    #expect(result.terms[0].divisors == `case`.divisors)
    #expect(agree(result.terms[0].value, `case`.value))
    #expect(result.terms[0].positives == 3)
    #expect(result.terms[0].negatives == 4)
    #expect(result.terms[0].ignored == 3)
    // Derivative 2 (0 - 1) over the divisor and, where images are averaged, over their number.
    let factor =
      `case`.divisors.count == 1 ? 1 / `case`.divisors[0] : 1 / (2 * `case`.divisors[1])
    #expect(agree(result.gradients["x"]?.elements[5] ?? 0, -2 * factor))
  }

  /// Boxes that are off by 1 in each coordinate: 4 in each of 1 and 2 positives.
  static let boxCases: [Case] = [
    Case(Normalizer(.rows), [3], 4),
    Case(Normalizer(.sampled), [7], 12.0 / 7),
    Case(Normalizer(.positives), [3], 4),
    Case(Normalizer(.weights), [12], 1),
    Case(Normalizer(.rows, per: .image), [1, 2], 4),
    Case(Normalizer(.sampled, per: .image), [3, 4], (4.0 / 3 + 2) / 2),
    Case(Normalizer(.weights, per: .image), [4, 8], 1),
  ]

  @Test(arguments: boxCases) func `a box term scores positives alone`(case: Case) throws {
    let scene = Self.scene
    let elements = try (0..<2).flatMap { image in
      try (0..<5).flatMap { prior in
        let target = try scene.boxTarget(image: image, prior: prior) ?? SIMD4(repeating: 100)
        return (0..<4).map { Double(target[$0]) + 1 }
      }
    }
    let term = try Term.of("x", layout: "r c", target: .box, try L1Loss(), `case`.normalizer)
    let result = try scene.evaluate([term], ["x": try Tensor(shape: [10, 4], elements: elements)])
    #expect(result.terms[0].divisors == `case`.divisors)
    #expect(agree(result.terms[0].value, `case`.value))
  }

  @Test func `weights are those of the classes`() throws {
    let loss = try NLLLoss(["class_weights": [0.5, 2, 4]])
    let term = try Term.of("x", layout: "r c", target: .class, loss, Normalizer(.weights))
    // Classes of the sampled priors: 1 0 0, and 2 1 0 0; each column has the same log-probability.
    let result = try Self.scene.evaluate(
      [term], ["x": try Tensor(repeating: -1.5, shape: [10, 3])])
    #expect(result.terms[0].divisors == [2 + 0.5 + 0.5 + 4 + 2 + 0.5 + 0.5])
    #expect(agree(result.terms[0].value, 1.5))
  }

  @Test func `weights are those of the coordinates`() throws {
    let term = try Term.of(
      "x", layout: "r c", target: .box, try L1Loss(), Normalizer(.weights, per: .image),
      outsideWeights: [1, 0.5, 0, 2])
    let result = try Self.scene.evaluate([term], ["x": try Tensor(repeating: 0.0, shape: [10, 4])])
    #expect(result.terms[0].divisors == [3.5, 7])
  }

  @Test func `an image without positives has a weight of 0`() throws {
    let scene = Scene(matches: [[-1, -1, -2], [0, -1, -1]], labels: [[1], [1]])
    let scores = try Tensor(shape: [6], elements: [5.0, 5, 5, 3, 2, 1])
    // 50 over nothing, and 9 over 1; with floors 50 / 0.5 and 9 / 1.
    for (normalizer, divisors, value) in [
      (Normalizer(Self.positiveSum, per: .image), [0, 1], 4.5),
      (Normalizer(Self.positiveSum, per: .image, floor: 0.5), [0.5, 1], (50 / 0.5 + 9) / 2),
      (Normalizer(Self.positiveSum, imageFloor: 0.5), [1.5], 59 / 1.5),
      (Normalizer(Self.positiveSum), [1], 59),
    ] as [(Normalizer, [Double], Double)] {
      let term = try Term.of("x", layout: "r", target: .objectness, try L2Loss(), normalizer)
      let result = try scene.evaluate([term], ["x": scores])
      #expect(result.terms[0].divisors == divisors)
      #expect(agree(result.terms[0].value, value))
    }
  }

  @Test func `a divisor of 0 makes 0`() throws {
    let scene = Scene(matches: [[-1, -1, -2], [0, -1, -1]], labels: [[1], [1]])
    let scores = try Tensor(shape: [6], elements: [5.0, 5, 5, 3, 2, 1])
    let perImage = try Term.of(
      "x", layout: "r", target: .objectness, try L2Loss(), Normalizer(.positives, per: .image))
    let result = try scene.evaluate([perImage], ["x": scores])
    #expect(result.terms[0].divisors == [0, 1])
    #expect(result.total == 4.5, "the second image's 9, over two images")
    #expect(result.gradients["x"]?.elements == [0, 0, 0, 2, 2, 1])

    let none = Scene(matches: [[-1, -1, -2], [-1, -1, -1]], labels: [[], []])
    let perBatch = try Term.of(
      "x", layout: "r", target: .objectness, try L2Loss(), Normalizer(.positives))
    let empty = try none.evaluate([perBatch], ["x": scores])
    #expect(empty.terms[0].divisors == [0])
    #expect(empty.total == 0)
    #expect(empty.gradients["x"]?.elements == [0, 0, 0, 0, 0, 0])
  }

  @Test func `cells are those of all levels`() throws {
    let scene = Scene(priors: [2 * 6 + 2], classes: 1, seed: 3)
    let term = try Term.of(
      "x", "y", layout: "a h w", target: .objectness, try L2Loss(), Normalizer(.cells))
    let result = try scene.evaluate(
      priorsPerCell: [2, 1], [term],
      [
        "x": try Tensor(repeating: 0.0, shape: [2, 2, 3]),
        "y": try Tensor(repeating: 0.0, shape: [1, 1, 2]),
      ])
    #expect(result.terms[0].divisors == [8])
  }
}
