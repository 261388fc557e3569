import LossKit
import Testing

/// Processes that train together divide by the mean of their counts.
struct AveragedCountTests {
  private static let normalizers: [Normalizer] = [
    Normalizer(.rows), Normalizer(.positives), Normalizer(.sampled, floor: 2),
    Normalizer(.positives, imageFloor: 1), Normalizer(.positives, per: .image, floor: 1),
    Normalizer(.cells), Normalizer(.rowWeight(NumberedWeight(scope: .positives))),
    Normalizer(.positives, runningMean: Normalizer.RunningMean(initial: 5)),
  ]

  @Test(arguments: normalizers.indices)
  func `the mean of two processes is one process with all images`(index: Int) throws {
    let normalizer = Self.normalizers[index]
    let term = try Term.of("x", layout: "n h w", target: .objectness, try L2Loss(), normalizer)
    let matches: [[Int32]] = [[0, -1, -1, -2, -2], [-1, 1, -1, -1, 0]]
    let labels = [[1], [2, 1]]
    let scores = NormalizerTests.scores
    let both = try Scene(matches: matches, labels: labels).evaluate(
      priorsPerCell: [1], [term], ["x": try Tensor(shape: [2, 1, 5], elements: scores)])

    func process(
      _ image: Int, _ average: (Double) throws(InputError) -> Double
    ) throws -> ObjectiveResult<Double> {
      let scene = Scene(matches: [matches[image]], labels: [labels[image]])
      let objective = try scene.objective(priorsPerCell: [1], [term])
      let predictions = [
        "x": try Tensor(shape: [1, 1, 5], elements: Array(scores[image * 5..<image * 5 + 5]))
      ]
      return try objective.evaluate(
        predictions, against: try objective.targets(for: scene.batch, predictions: predictions),
        averaging: average)
    }
    var counts: [Double] = []
    for image in 0..<2 {
      _ = try process(image) { count in
        counts.append(count)
        return count
      }
    }
    #expect(counts.isEmpty == (normalizer.scope == .image))
    let mean = counts.reduce(0, +) / 2
    let results = try (0..<2).map { image in try process(image) { _ in mean } }
    // A running mean follows the count of a step; half of it here.
    let share =
      normalizer.runningMean == nil ? 1 : both.terms[0].divisors[0] / (2 * (4.5 + 0.1 * mean))
    #expect(agree((results[0].total + results[1].total) / 2, both.total * share))
    let gradient = try results.flatMap { try #require($0.gradients["x"]).elements.map { $0 / 2 } }
    let expected = try #require(both.gradients["x"]).elements
    #expect(gradient.indices.allSatisfy { agree(gradient[$0], expected[$0] * share) })
  }

  @Test(arguments: [.nan, .infinity, -1] as [Double])
  func `a mean that is no count is refused`(mean: Double) throws {
    let scene = Scene(matches: [[0]], labels: [[1]])
    let objective = try scene.objective([
      try .of("x", layout: "r", target: .objectness, try L2Loss(), Normalizer(.rows))
    ])
    let predictions = ["x": Tensor([1.0])]
    let targets = try objective.targets(for: scene.batch, predictions: predictions)
    #expect(
      complaint {
        try objective.evaluate(predictions, against: targets, averaging: { _ in mean })
      }
        == "stage stage, term x, normalizer: the mean count of all processes is \(mean); expected 0 or more"
    )
  }
}
