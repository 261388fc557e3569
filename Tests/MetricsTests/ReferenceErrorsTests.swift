import LossCore
import Metrics
import TestSupport
import Testing

/// Agreement with tidecv: the same counts, and costs to the last bits.
struct ReferenceErrorsTests {
  static let cases: [MetricsCase] = (try? Reference.cases("detection_errors", "")) ?? []

  @Test func `all cases are there`() {
    #expect(Self.cases.count == 8)
  }

  @Test(arguments: cases) func `counts and costs by kind`(test: MetricsCase) throws {
    let file = try Reference.open("detection_errors")
    let images = try ReferenceMetricsTests.images(of: test, in: file)
    let names = ["one", "two", "three"]
    let errors = try DetectionErrors(of: images, classNames: names)
    let precision = try file.doubles(named: "\(test.name)/expected/precision").elements
    #expect(abs((errors.averagePrecision ?? -1) - precision[0]) < 1e-14)
    let metrics = try DetectionMetrics(of: images, classNames: names)
    #expect(errors.averagePrecision == metrics.averagePrecision(overlap: .half))
    let kinds: [DetectionErrors.Kind] = [
      .classification, .localization, .both, .duplicate, .background, .missed,
    ]
    let counts = try file.integers(named: "\(test.name)/expected/counts").elements
    #expect(kinds.map { errors.count(of: $0) } == counts)
    let costs = try file.doubles(named: "\(test.name)/expected/costs").elements
    for (kind, expected) in zip(kinds, costs) {
      #expect(abs((errors.cost(of: kind) ?? -1) - expected) < 1e-14, "\(kind)")
    }
  }
}
