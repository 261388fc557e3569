import CommandLineTestSupport
import LossKit
import TestSupport
import Testing

@Suite struct TargetsTests {
  private let folder: TemporaryFolder
  private let output: String

  init() throws {
    folder = try TemporaryFolder()
    output = folder.path("targets.safetensors")
  }

  private func targets(_ arguments: String...) throws -> SafetensorsFile {
    let answer = Answer(to: ["targets"] + arguments + ["--output", output])
    try #require(answer.status == 0, "\(answer.errors)")
    return try SafetensorsFile(contentsOf: output)
  }

  @Test func everyTensor() throws {
    let file = try targets(
      try folder.recipe(), try folder.bundle(), "--set",
      "stages.dense.terms.box.row_weight=centerness"
    )
    #expect(
      file.names == [
        "dense.priors", "dense.image", "dense.level", "dense.assigned", "dense.sampled",
        "dense.cls.prior", "dense.cls.targets", "dense.box.prior", "dense.box.targets",
        "dense.box.row_weights",
      ])
    #expect(
      try file.floats(named: "dense.priors")
        == Tensor(
          shape: [4, 4],
          elements: [0, 0, 16, 16, 16, 0, 32, 16, 0, 16, 16, 32, 16, 16, 32, 32]))
    let zeros = try file.integers(named: "dense.image")
    #expect(zeros == Tensor([0, 0, 0, 0]))
    #expect(try file.integers(named: "dense.level") == zeros)
    #expect(try file.integers(named: "dense.assigned") == Tensor([0, -1, -1, -1]))
    #expect(try file.integers(named: "dense.sampled") == Tensor([1, 1, 1, 1]))
    #expect(try file.dtype(named: "dense.sampled") == .bool)
    #expect(try file.integers(named: "dense.cls.prior") == Tensor([0, 1, 2, 3]))
    #expect(try file.integers(named: "dense.cls.targets") == Tensor([1, 0, 0, 0]))
    #expect(try file.integers(named: "dense.box.prior") == Tensor([0]))
    #expect(
      try file.floats(named: "dense.box.targets")
        == Tensor(shape: [1, 4], elements: [0, 0, 0, 0]))
    #expect(try file.floats(named: "dense.box.row_weights") == Tensor([1]))
  }

  @Test func whatReadsPredictions() throws {
    let recipe = try folder.recipe()
    let weight = "stages.dense.terms.box.row_weight=iou"
    let file = try targets(recipe, try folder.bundle(), "--set", weight)
    let weights = try file.floats(named: "dense.box.row_weights").elements
    #expect(weights.count == 1 && weights.allSatisfy { 0 < $0 && $0 < 1 })
  }

  @Test func theTableCountsPriors() throws {
    let answer = losskit(
      "targets", try folder.recipe(), try folder.bundle(), "--output", output, "--set",
      "stages.dense.sampler={\"type\": \"random\", \"count\": 2}")
    #expect(
      answer
        == Answer(
          0,
          """
          stage  priors  positives  negatives  ignored
          dense       4          1          1        2

          """))
    let json = try losskit(
      "targets", try folder.recipe(), try folder.bundle(), "--output", output, "--json"
    ).json
    #expect(
      json == [["stage": "dense", "priors": 4, "positives": 1, "negatives": 3, "ignored": 0]])
  }

  @Test func imagesWithoutObjects() throws {
    let bundle = try folder.bundle(replacing: [
      "image_sizes": .int64(SmallDetector.tensor([2, 2], [32, 32, 32, 32])),
      "gt_boxes": .float32(SmallDetector.tensor([0, 4], [])),
      "gt_labels": .int64(SmallDetector.tensor([0], [])),
      "scores": .float32(try Tensor(repeating: 0, shape: [2, 2, 2, 2])),
      "deltas": nil,
    ])
    let file = try targets(try folder.recipe(), bundle)
    #expect(try file.integers(named: "dense.image") == Tensor([0, 0, 0, 0, 1, 1, 1, 1]))
    #expect(try file.integers(named: "dense.cls.prior") == Tensor([0, 1, 2, 3, 4, 5, 6, 7]))
    #expect(try file.floats(named: "dense.box.targets").shape == [0, 4])
    #expect(try file.integers(named: "dense.box.prior").shape == [0])
  }

  @Test(arguments: [
    ("objective_torchvision", "faster_rcnn_torchvision", ["rpn", "rcnn"]),
    ("objective_atss", "atss", ["atss"]),
    ("objective_fcos_empty", "fcos_torchvision", ["fcos"]),
  ])
  func assignmentsAreThoseOfTheReference(
    bundle: String, recipe: String, stages: [String]
  ) throws {
    let path = Reference.path("Tests/Reference/\(bundle).safetensors")
    let (file, reference) = (try targets(recipe, path), try SafetensorsFile(contentsOf: path))
    for stage in stages {
      #expect(
        try file.integers(named: "\(stage).assigned")
          == reference.integers(named: "expected/\(stage).assigned"))
    }
    let first = try reference.floats(named: "expected/\(stages[0]).priors")
    #expect(
      try file.floats(named: "\(stages[0]).priors").elements.prefix(first.count)
        == first.elements[...])
  }

  /// What was drawn and written is drawn again where the bundle has it.
  @Test func samplesCanBeRecorded() throws {
    let recipe = "faster_rcnn_torchvision"
    let path = Reference.path("Examples/blood_cells.safetensors")
    let file = try targets(recipe, path)
    let bundle = try SafetensorsFile(contentsOf: path)
    let masks = ["rpn.sampled", "rcnn.sampled"]
    let recorded = folder.path("recorded.safetensors")
    try SafetensorsFile.write(
      try bundle.names.filter { !masks.contains($0) }.map { name in
        let isInteger =
          name.hasPrefix("image_") || name.hasPrefix("gt_l") || name.hasSuffix("_image")
        return (
          name,
          isInteger
            ? .int64(try bundle.integers(named: name)) : .float32(try bundle.floats(named: name))
        )
      } + masks.map { ($0, .int64(try file.integers(named: $0))) }, to: recorded)
    for mask in masks {
      #expect(try file.integers(named: mask) != bundle.integers(named: mask), "torchvision's draw")
    }
    let drawn = try losskit("evaluate", recipe, path, "--json").json
    let again = try losskit(
      "evaluate", recipe, recorded, "--json", "--set", "stages.rpn.sampler=recorded", "--set",
      "stages.rcnn.sampler=recorded"
    ).json
    #expect(drawn["terms"] == again["terms"] && drawn["total"] == again["total"])

    // The labels of what was drawn, and the same boxes in both stages' terms.
    let labels = try file.integers(named: "rcnn.rcnn_cls.targets").elements
    let rows = try file.integers(named: "rcnn.rcnn_cls.prior").elements
    let assigned = try file.integers(named: "rcnn.assigned").elements
    let truth = try bundle.integers(named: "gt_labels").elements
    #expect(zip(labels, rows).allSatisfy { $0 == (assigned[$1] < 0 ? 0 : truth[assigned[$1]]) })
    #expect(rows.count == 317)
    #expect(
      try file.integers(named: "rcnn.rcnn_box.prior").elements
        == zip(labels, rows).filter { $0.0 > 0 }.map(\.1))
  }

  @Test func predictionsOfASecondStageMayBeMissing() throws {
    let bundle = try SafetensorsFile(contentsOf: Reference.path("Examples/blood_cells.safetensors"))
    let tensors: [(name: String, tensor: AnyTensor)] = [
      ("image_sizes", .int64(try bundle.integers(named: "image_sizes"))),
      ("gt_boxes", .float32(try bundle.floats(named: "gt_boxes"))),
      ("gt_labels", .int64(try bundle.integers(named: "gt_labels"))),
      ("proposals", .float32(try bundle.floats(named: "proposals"))),
    ]
    let path = folder.path("first.safetensors")
    let name = "rpn_objectness"
    let scores = AnyTensor.float32(try bundle.floats(named: name))
    try SafetensorsFile.write(tensors + [(name, scores)], to: path)
    #expect(try targets("faster_rcnn_torchvision", path).names.count == 18)

    try SafetensorsFile.write(tensors, to: path)
    #expect(
      losskit("targets", "faster_rcnn_torchvision", path, "--output", output)
        == Answer(
          1,
          errors: "losskit: error: faster_rcnn_torchvision on \(path): prediction "
            + "\"rpn_objectness\": is missing; there is none\n"))
  }
}
