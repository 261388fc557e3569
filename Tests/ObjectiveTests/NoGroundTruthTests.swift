import LossKit
import Testing

/// Images without objects, and batches without images.
struct NoGroundTruthTests {
  /// The terms of both kinds with each count that can be 0.
  private func terms(_ normalizer: Normalizer) throws -> [Term] {
    [
      try .of(
        "cls", layout: "r c", target: .class, try SoftmaxCrossEntropyLoss(), normalizer),
      try .of("box", layout: "r (k c)", target: .box, try SmoothL1Loss(), normalizer),
    ]
  }

  static let normalizers = Normalizer.Count.named.map(\.count).flatMap { count in
    Normalizer.Scope.allCases.map { Normalizer(count, per: $0) }
  }

  @Test(arguments: normalizers)
  func `an image without objects has no box loss`(normalizer: Normalizer) throws {
    let scene = Scene(matches: [[-1, -1, -1], [-1, -1, -2, -1]], labels: [[], []])
    let predictions = [
      "cls": try randomTensor([7, 3], in: 50, seed: 1),
      "box": try randomTensor([7, 12], in: 50, seed: 2),
    ]
    let result = try scene.evaluate(try terms(normalizer), predictions)
    #expect(result.terms[1].value == 0)
    #expect(result.terms[1].gradientNorm == 0)
    #expect(result.gradients["box"] == (try Tensor(repeating: 0, shape: [7, 12])))
    #expect(result.total.isFinite)
    #expect(result.gradients["cls"]?.elements.allSatisfy(\.isFinite) == true)
    let hasDivisor =
      switch normalizer.count {
      case .positives, .cells: false
      default: true
      }
    #expect((result.terms[0].value > 0) == hasDivisor)
    #expect(result.terms.map(\.positives) == [0, 0])
    #expect(result.terms.map(\.negatives) == [6, 6])
    #expect(result.terms.map(\.ignored) == [1, 1])
  }

  @Test(arguments: normalizers)
  func `an image without priors has no loss`(normalizer: Normalizer) throws {
    let scene = Scene(matches: [[], [0, -1]], labels: [[1], [2]])
    let predictions = [
      "cls": try randomTensor([2, 3], seed: 1), "box": try randomTensor([2, 12], seed: 2),
    ]
    let result = try scene.evaluate(try terms(normalizer), predictions)
    #expect(result.total.isFinite)
    #expect(result.gradients.values.allSatisfy { $0.elements.allSatisfy(\.isFinite) })
  }

  @Test func `nor does a batch without images`() throws {
    let scene = Scene(matches: [], labels: [])
    let ragged = try scene.evaluate(
      try terms(Normalizer(.sampled)),
      [
        "cls": try Tensor(repeating: 0.0, shape: [0, 3]),
        "box": try Tensor(repeating: 0.0, shape: [0, 12]),
      ])
    #expect(ragged.total == 0)
    let onMap = try scene.evaluate(
      priorsPerCell: [2],
      [
        try .of(
          "x", layout: "n (a c) h w", target: .box, try L1Loss(),
          Normalizer(.sampled, per: .image))
      ], ["x": try Tensor(repeating: 0.0, shape: [0, 8, 3, 4])])
    #expect(onMap.total == 0)
    #expect(onMap.gradients["x"]?.shape == [0, 8, 3, 4])
  }
}
