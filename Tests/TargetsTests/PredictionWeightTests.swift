@testable import LossCore
import LossKit
import TestSupport
import Testing

/// Targets and row weights that read what the stage predicts, or what the assigner says of a match.
struct PredictionWeightTests {
  private func image(
    quality: [Float] = [], _ predictions: StagePredictions = StagePredictions()
  ) throws -> MatchedPriors {
    try MatchedPriors(
      Priors((0..<3).map { Box(0, 0, Float($0 + 1), 1) }),
      GroundTruth(boxes: [Box(0, 0, 10, 10), Box(0, 0, 4, 4)], labels: [1, 2]),
      Assignment(matches: [1, -1, 0], quality: quality),
      Sample(positives: [0, 2], negatives: [1]), coder: try DistanceBoxCoder()
    ).reading(predictions)
  }

  @Test func `the IoU is that of the predicted box`() throws {
    let image = try image(
      StagePredictions(boxes: [Box(0, 0, 4, 2), Box(0, 0, 4, 4), Box(0, 0, 20, 10)]))
    #expect(try PredictedOverlapWeight().weights(for: image) == [0.5, 0.5])
    guard case .numbers([0.5, 0.5]) = try PredictedOverlapTarget().values(for: image) else {
      Issue.record("other numbers")
      return
    }
  }

  @Test func `an inverted or endless box overlaps nothing`() throws {
    let inverted = StagePredictions(
      boxes: [Box(4, 4, 0, 0), Box(0, 0, 1, 1), Box(-.infinity, 0, .infinity, 10)])
    #expect(try PredictedOverlapWeight().weights(for: try image(inverted)) == [0, 0])
  }

  @Test func `the largest score, and the quality, of positives`() throws {
    let image = try image(
      quality: [0.5, 0, 2], StagePredictions(scores: [0.1, 0.2, 0.3, 0.4, 0.6, 0.5]))
    #expect(try LargestScoreWeight().weights(for: image) == [0.2, 0.6])
    #expect(try QualityWeight().weights(for: image) == [0.5, 2])
  }

  @Test func `a class and its quality`() throws {
    let image = try image(
      quality: [0.25, 0, 2],
      StagePredictions(boxes: [Box(0, 0, 4, 2), Box(0, 0, 4, 4), Box(4, 4, 0, 0)]))
    for (parameters, labels, scores) in [
      ([:], [2, 0, 1], [0.25, 0, 1]), (["rows": "positives"], [2, 1], [0.25, 1]),
      (["measure": "iou"], [2, 0, 1], [0.5, 0, 0]),
      (["measure": "iou", "least": 1e-6], [2, 0, 1], [0.5, 0, 1e-6]),
    ] as [([String: ParameterValue], [Int32], [Float])] {
      guard
        case .scoredLabels(labels, scores) = try ClassQualityTarget(parameters).values(for: image)
      else {
        Issue.record("other numbers for \(parameters)")
        continue
      }
    }
    #expect(throws: InputError.self) {
      try ClassQualityTarget(["measure": "overlap"]).values(for: image)
    }
  }

  @Test func `background counts what it is given`() throws {
    #expect(try BackgroundWeight(["weight": 0.25]).weights(for: try image()) == [1, 0.25, 1])
    #expect(try BackgroundWeight().weights(for: try image())[1] == 0.1)
  }

  @Test func `what is missing is told`() throws {
    let nothing = try image()
    for weight in [
      try PredictedOverlapWeight(), try LargestScoreWeight(), try QualityWeight(),
    ] as [any RowWeight] {
      #expect(throws: InputError.self) { try weight.weights(for: nothing) }
    }
  }

  @Test func `an assigner's overlaps and quality are checked`() throws {
    for numbers in [[1], [1, 1, .nan], [1, 1, -1], [1, 1, .infinity]] as [[Float]] {
      #expect {
        try image(quality: numbers)
      } throws: {
        "\($0)" == "assigner: must give quality of 0 or more for each of 3 priors, or none at all"
      }
    }
  }
}
