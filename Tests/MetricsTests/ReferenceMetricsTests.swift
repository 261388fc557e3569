import Bundle
import LossCore
import LossKernels
import Metrics
import TestSupport
import Testing

/// What a case of coco_metrics.safetensors was made with.
struct MetricsParameters: Decodable, Sendable {
  let images: Int
  let proposals: [Int]
}

typealias MetricsCase = ReferenceCase<MetricsParameters>

/// Agreement with pycocotools to the last bits: only the order of its sums differs.
struct ReferenceMetricsTests {
  static let cases: [MetricsCase] = (try? Reference.cases("coco_metrics", "")) ?? []
  static let tolerance = 1e-14

  @Test func `all cases are there`() {
    #expect(Self.cases.count == 17)
  }

  @Test(arguments: cases) func `average precision and recall`(test: MetricsCase) throws {
    let file = try Reference.open("coco_metrics")
    let images = try Self.images(of: test, in: file)
    for workers in [Workers(1), Workers(3)] {
      let metrics = try DetectionMetrics(
        of: images, classNames: ["one", "two", "three"], workers: workers)
      let expected = try file.doubles(named: "\(test.name)/expected/values").elements
      expect(metrics.values, expected)
      expect(metrics.classValues, try file.doubles(named: "\(test.name)/expected/classes").elements)
    }
  }

  @Test(arguments: cases) func `recall of proposals`(test: MetricsCase) throws {
    let file = try Reference.open("coco_metrics")
    let images = try Self.images(of: test, in: file)
    let expected = try file.doubles(named: "\(test.name)/expected/proposal_recall").elements
    let proposals = images.map { image in
      // Sorted as the reference does, the earlier first among equals.
      image.detections.enumerated()
        .sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }
        .map(\.element.box)
    }
    let objects = images.map { image in
      let objects = image.annotations.filter { !$0.isCrowd }
      return GroundTruth(
        boxes: objects.map(\.box), labels: objects.map { $0.label ?? 0 },
        ignoredRegions: image.annotations.filter(\.isCrowd).map(\.box))
    }
    for (index, count) in test.parameters.proposals.enumerated() {
      let recall = try ProposalRecall(count, of: proposals, objects: objects)
      #expect(abs((recall.atHalf ?? -1) - expected[2 * index]) <= Self.tolerance)
      #expect(abs((recall.average ?? -1) - expected[2 * index + 1]) <= Self.tolerance)
    }
  }

  /// The images of a case.
  static func images(of test: MetricsCase, in file: SafetensorsFile) throws -> [EvaluatedImage] {
    func name(_ tensor: String) -> String { "\(test.name)/\(tensor)" }
    var images = Array(
      repeating: EvaluatedImage(annotations: [], detections: []), count: test.parameters.images)
    let objectLabels = try file.integers(named: name("gt_labels")).elements
    let objectBoxes = try file.boxes(named: name("gt_boxes"))
    let areas = try file.doubles(named: name("gt_areas")).elements
    let crowds = try file.floats(named: name("gt_crowds")).elements
    for (row, image) in try file.integers(named: name("gt_image")).elements.enumerated() {
      images[image].annotations.append(
        Annotation(
          box: objectBoxes[row], label: objectLabels[row], area: areas[row],
          isCrowd: crowds[row] > 0))
    }
    let labels = try file.integers(named: name("detection_labels")).elements
    let boxes = try file.boxes(named: name("detection_boxes"))
    let scores = try file.floats(named: name("detection_scores")).elements
    for (row, image) in try file.integers(named: name("detection_image")).elements.enumerated() {
      images[image].detections.append(
        Detection(box: boxes[row], label: labels[row], score: scores[row]))
    }
    return images
  }

  private func expect(_ values: [DetectionMetrics.Value], _ expected: [Double]) {
    #expect(values.count == expected.count)
    for (value, expected) in zip(values, expected) {
      #expect(
        abs((value.value ?? -1) - expected) <= Self.tolerance,
        "\(value.name): \(String(describing: value.value)), expected \(expected)")
    }
  }
}
