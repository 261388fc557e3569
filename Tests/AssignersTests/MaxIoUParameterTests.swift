import LossKit
import Testing

/// What the assigner says about parameters that are out of range or don't go together.
struct MaxIoUParameterTests {
  @Test(
    arguments: [
      (
        ["positive_iou": 0.2],
        ["max_iou: \"negative_iou\" is 0.3, above positive_iou, 0.2"]
      ),
      (
        ["negative_iou_low": 0.4],
        ["max_iou: \"negative_iou_low\" is 0.4, above negative_iou, 0.3"]
      ),
      (
        ["positive_iou": 1.5, "allowed_border": -1, "ignore_overlap": 0],
        [
          "max_iou: \"positive_iou\" is 1.5; expected 0 … 1",
          "max_iou: \"allowed_border\" is -1; expected ≥ 0",
          "max_iou: \"ignore_overlap\" is 0; expected > 0",
        ]
      ),
      (
        ["match_low_quality": 1],
        ["max_iou: \"match_low_quality\" is 1; expected true or false"]
      ),
      (["negative_iou": nil], ["max_iou: \"negative_iou\" is null; expected number"]),
    ] as [([String: ParameterValue], [String])])
  func `the message names the parameter, its value and what was expected`(
    values: [String: ParameterValue], messages: [String]
  ) {
    let error = #expect(throws: ParameterErrors.self) { try MaxIoUAssigner(values) }
    #expect(error?.description == messages.joined(separator: "\n"))
  }

  @Test func `thresholds may be equal`() throws {
    _ = try MaxIoUAssigner(["positive_iou": 0.5, "negative_iou": 0.5, "negative_iou_low": 0.5])
  }
}
