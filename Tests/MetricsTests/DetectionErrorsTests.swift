import LossCore
import Metrics
import Testing

/// Errors by kind on images that are worked out by hand: objects of 40 × 40 pixels, a cat on the left, a dog
/// on the right.
struct DetectionErrorsTests {
  private let cat = Box(0, 0, 40, 40)
  private let dog = Box(100, 0, 140, 40)

  private func errors(
    _ detections: [Detection], objects: GroundTruth? = nil
  ) throws -> DetectionErrors {
    let objects = objects ?? GroundTruth(boxes: [cat, dog], labels: [1, 2])
    return try DetectionErrors(
      of: [EvaluatedImage(objects: objects, detections: detections)], classNames: ["cat", "dog"])
  }

  private func counts(_ errors: DetectionErrors) -> [DetectionErrors.Kind: Int] {
    Dictionary(
      uniqueKeysWithValues: DetectionErrors.Kind.allCases.compactMap { kind in
        errors.count(of: kind) > 0 ? (kind, errors.count(of: kind)) : nil
      })
  }

  private func found(_ box: Box, _ label: Int, _ score: Float) -> Detection {
    Detection(box: box, label: label, score: score)
  }

  @Test func `what is found is no error`() throws {
    let errors = try errors([found(cat, 1, 0.9), found(dog, 2, 0.8)])
    #expect(counts(errors).isEmpty && abs((errors.averagePrecision ?? 0) - 1) < 1e-12)
    for kind in DetectionErrors.Kind.allCases { #expect(errors.cost(of: kind) == 0) }
  }

  /// An overlap of 16/40 = 0.4 with the cat: it is found when that is put right, and isn't missed.
  @Test func `roughly the right place`() throws {
    let errors = try errors([found(Box(0, 0, 16, 40), 1, 0.9), found(dog, 2, 0.8)])
    #expect(counts(errors) == [.localization: 1])
    #expect(abs((errors.averagePrecision ?? 0) - 0.5) < 1e-12)
    #expect(abs((errors.cost(of: .localization) ?? 0) - 0.5) < 1e-12)
  }

  /// The dog where the cat is; the real dog is found by a less sure one, so that dogs have a precision of 1/2.
  @Test func `the right place, the wrong class`() throws {
    let errors = try errors([found(cat, 2, 0.9), found(dog, 2, 0.8)])
    #expect(counts(errors) == [.classification: 1])
    #expect(abs((errors.averagePrecision ?? 0) - 0.25) < 1e-12)
    #expect(abs((errors.cost(of: .classification) ?? 0) - 0.75) < 1e-12)
    #expect(errors.cost(of: .missed) == 0, "the cat would be found")
  }

  /// An overlap of 0.4 with an object of another class; the cat is missed, and without it there is one class.
  @Test func `neither place nor class`() throws {
    let errors = try errors([found(Box(0, 0, 16, 40), 2, 0.9), found(dog, 2, 0.8)])
    #expect(counts(errors) == [.both: 1, .missed: 1])
    #expect(abs((errors.averagePrecision ?? 0) - 0.25) < 1e-12)
    #expect(abs((errors.cost(of: .both) ?? 0) - 0.25) < 1e-12)
    #expect(abs((errors.cost(of: .missed) ?? 0) - 0.25) < 1e-12)
  }

  /// A duplicate that is less sure than all that is right costs nothing.
  @Test func `an object that is found twice`() throws {
    let twice = [found(cat, 1, 0.9), found(Box(0, 0, 36, 40), 1, 0.95), found(dog, 2, 0.8)]
    let late = try errors(twice)
    #expect(counts(late) == [.duplicate: 1] && late.cost(of: .duplicate) == 0)
    let objects = GroundTruth(boxes: [cat, dog], labels: [1, 1])
    let early = try errors(
      [found(cat, 1, 0.9), found(cat, 1, 0.85), found(dog, 1, 0.8)], objects: objects)
    // Precision 1 up to a recall of 0.5, then 2/3: 51 and 50 of 101 recalls.
    #expect(abs((early.cost(of: .duplicate) ?? 0) - 50.0 / 303) < 1e-12)
  }

  @Test func `nothing is there`() throws {
    let errors = try errors([
      found(Box(0, 80, 40, 120), 1, 0.95), found(cat, 1, 0.9), found(dog, 2, 0.8),
    ])
    #expect(counts(errors) == [.background: 1])
    #expect(abs((errors.cost(of: .background) ?? 0) - 0.25) < 1e-12)
  }

  @Test func `the surest of several finds an object`() throws {
    let errors = try errors([
      found(Box(0, 0, 16, 40), 1, 0.7), found(Box(24, 0, 40, 40), 1, 0.9), found(dog, 2, 0.8),
    ])
    #expect(counts(errors) == [.localization: 2])
    #expect(abs((errors.cost(of: .localization) ?? 0) - 0.5) < 1e-12, "the other is left out")
  }

  @Test func `what an ignored region forgives is no error`() throws {
    let region = Box(0, 80, 60, 140)
    let errors = try errors(
      [found(Box(0, 80, 40, 120), 1, 0.95), found(cat, 1, 0.9)],
      objects: GroundTruth(boxes: [cat], labels: [1], ignoredRegions: [region]))
    #expect(counts(errors).isEmpty)
  }

  @Test func `without objects there is nothing to lose`() throws {
    let errors = try errors(
      [found(cat, 1, 0.5)], objects: GroundTruth(boxes: [], labels: []))
    #expect(counts(errors) == [.background: 1])
    #expect(errors.averagePrecision == nil && errors.cost(of: .background) == nil)
  }

  @Test func `precisions have the average precision as their mean`() throws {
    let image = EvaluatedImage(
      objects: GroundTruth(boxes: [cat, dog], labels: [1, 1]),
      detections: [found(cat, 1, 0.9), found(cat, 1, 0.8), found(Box(100, 0, 132, 40), 1, 0.7)])
    let metrics = try DetectionMetrics(of: [image], classNames: ["cat", "dog"])
    let half = metrics.precisions(overlap: .half)
    #expect(half.count == 101 && half[..<51].allSatisfy { abs($0 - 1) < 1e-12 })
    #expect(half[51...].allSatisfy { abs($0 - 2.0 / 3) < 1e-12 })
    for overlap in [DetectionMetrics.Overlap.all, .half, .threeQuarters] {
      let mean = metrics.precisions(overlap: overlap).reduce(0, +) / 101
      #expect(abs(mean - (metrics.averagePrecision(overlap: overlap) ?? -1)) < 1e-12)
    }
    #expect(metrics.precisions(label: 2).isEmpty)
  }
}
