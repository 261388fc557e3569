import CommandLineTestSupport
import Foundation
import LossKit
import TestSupport
import Testing

/// What is probably wrong: told beside the result, and an error where the call is strict.
@Suite struct WarningTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// A bundle of images of 480 × 640 pixels under maps of 30 × 40 cells.
  private func bundle(
    boxes: [Float], size: [Int] = [480, 640], map: [Int] = [30, 40]
  ) throws -> String {
    let count = boxes.count / 4
    return try folder.bundle(replacing: [
      "image_sizes": .int64(SmallDetector.tensor([1, 2], size)),
      "gt_boxes": .float32(SmallDetector.tensor([count, 4], boxes)),
      "gt_labels": .int64(SmallDetector.tensor([count], Array(repeating: 1, count: count))),
      "scores": .float32(try Tensor(repeating: 0, shape: [1, 2] + map)),
      "deltas": .float32(try Tensor(repeating: 0, shape: [1, 4] + map)),
    ])
  }

  /// Evaluates and checks on `bundle`, strictly and not, and expects one warning.
  private func expect(
    _ warning: String, on bundle: String,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    let recipe = try folder.recipe()
    let line = "\(recipe) on \(bundle): \(warning)"
    let told = "warning: \(line)\n"
    let evaluated = losskit("evaluate", recipe, bundle)
    #expect(evaluated.status == 0 && evaluated.errors == told, sourceLocation: sourceLocation)
    let output = folder.path("gradients")
    #expect(
      losskit("evaluate", recipe, bundle, "--strict", "--gradients", output)
        == Answer(1, errors: "losskit: error: \(line)\n"), sourceLocation: sourceLocation)
    #expect(!FileManager.default.fileExists(atPath: output), sourceLocation: sourceLocation)

    let checked = losskit("check", recipe, "--bundle", bundle)
    #expect(
      checked == Answer(0, "\(recipe): ok, small: dense (cls, box)\n", errors: told),
      sourceLocation: sourceLocation)
    #expect(
      losskit("check", recipe, "--bundle", bundle, "--strict")
        == Answer(1, errors: "\(line)\nlosskit: error: the bundle can't be used with the recipe\n"),
      sourceLocation: sourceLocation)
    let json = try losskit("check", recipe, "--bundle", bundle, "--json").json
    #expect(
      json["0", "ok"] == true && json["0", "warnings"] == [JSONNode(line)],
      sourceLocation: sourceLocation)
    let strict = try losskit("check", recipe, "--bundle", bundle, "--json", "--strict").json
    #expect(strict["0", "ok"] == false && strict["0", "warnings"] == [])
    #expect(
      strict["0", "diagnostics", "0", "message"]?.string == warning, sourceLocation: sourceLocation)
  }

  @Test func normalizedBoxes() throws {
    try expect(
      "gt_boxes image 0: all boxes lie within 0 to 1, on an image of 480 × 640 pixels; they are "
        + "probably shares of its sides: multiply x by the width and y by the height",
      on: try bundle(boxes: [0.1, 0.2, 0.5, 0.6, 0, 0, 1, 1]))
  }

  @Test func boxesOutside() throws {
    try expect(
      "gt_boxes image 0, row 1: [600.0, 400.0, 650.0, 470.0] reaches over its image of 480 × 640 "
        + "pixels (height × width); clip it, or see whether image_sizes has the height first, and the "
        + "box x first; so do 2 more boxes",
      on: try bundle(
        boxes: [
          0, 0, 640, 480, 600, 400, 650, 470, -2, 0, 9, 9, 9, 9, 20, 482,
        ]))
  }

  @Test func featureMaps() throws {
    try expect(
      "stage dense, level 0: the feature map of 30 × 40 cells of stride 16 spans 480 × 640 pixels, but "
        + "the largest image of the batch has 960 × 1280; expected so many to within a stride, or padded "
        + "to a multiple of 32: see to the strides of the priors, or to image_sizes",
      on: try bundle(boxes: [10, 20, 50, 60], size: [960, 1280]))
  }

  @Test func logitsForProbabilities() throws {
    let example = Reference.path("Examples/blood_cells.safetensors")
    for (loss, reads) in [
      ("bce", "probabilities, from 0 to 1"), ("nll", "logarithms of probabilities, up to 0"),
    ] {
      let stage = loss == "bce" ? "rpn" : "rcnn"
      let answer = losskit(
        "evaluate", "faster_rcnn_torchvision", example, "--set",
        "stages.\(stage).terms.\(stage)_cls.loss=\(loss)")
      #expect(answer.status == 0)
      #expect(answer.errors.contains("stage \(stage), term \(stage)_cls: prediction "))
      #expect(answer.errors.hasSuffix("\"\(loss)\" reads \(reads): are these logits?\n"))
    }
  }

  @Test func whatFitsIsNotWorthAWord() throws {
    let recipe = try folder.recipe()
    for bundle in try [
      folder.bundle(), bundle(boxes: [-0.9, 0, 641, 480.5]), bundle(boxes: []),
      bundle(boxes: [10, 20, 50, 60], size: [490, 655]),
      bundle(boxes: [10, 20, 50, 60], size: [449, 620]),
      // A pixel in the corner of a small image.
      bundle(boxes: [0, 0, 1, 1], size: [32, 32], map: [2, 2]),
    ] {
      #expect(losskit("evaluate", recipe, bundle, "--strict").errors == "")
    }
    let example = Reference.path("Examples/blood_cells.safetensors")
    #expect(losskit("check", "faster_rcnn_tf", "--bundle", example, "--strict").status == 0)
  }

  @Test func referencesAreWithoutWarnings() throws {
    for (file, recipe) in [
      ("objective_torchvision", "faster_rcnn_torchvision"), ("objective_fcos", "fcos_torchvision"),
      ("objective_retinanet_mmdet", "retinanet_mmdet"), ("objective_atss_empty", "atss"),
    ] {
      let path = Reference.path("Tests/Reference/\(file).safetensors")
      let answer = losskit("check", recipe, "--bundle", path, "--strict")
      #expect(answer.status == 0, "\(answer.errors)")
    }
  }

  @Test func aRecipeThatDoesNotFitTheBundleIsNotValid() throws {
    let recipe = try folder.recipe()
    let bundle = try folder.bundle(replacing: ["deltas": nil])
    #expect(
      losskit("check", recipe, "--bundle", bundle)
        == Answer(
          1,
          errors: """
            \(recipe) on \(bundle): has no tensor "deltas"; it holds "image_sizes", "gt_boxes", \
            "gt_labels", "scores"
            losskit: error: the bundle can't be used with the recipe

            """))
    let bad = try folder.write("{}", to: "bad.json")
    let several = losskit("check", recipe, bad, "--bundle", bundle)
    #expect(several.errors.hasSuffix("losskit: error: 2 of 2 recipes are not valid\n"))
  }

  // MARK: Training

  private static let settings = [
    "model.channels=[16, 16, 32]", "model.strides=[2, 2, 2]", "model.map_channels=32",
    "model.roi_size=4", "model.roi_channels=[32]", "training.batch=1",
  ].flatMap { ["--set", $0] }

  private func train(_ data: String, _ more: [String]) -> Answer {
    Answer(
      to: ["train", "--recipe", "reference_detector", "--data", data, "--out", folder.path("run")]
        + Self.settings + more)
  }

  @Test func aWarmUpThatNeverEnds() throws {
    let warning =
      "training.warmup_steps: is 1, but the training has 1 step, so that the rate never reaches 0.003; "
      + "lower it, or train for longer"
    let model = try folder.write(
      #"{ "training": { "warmup_steps": 1, "rate": 0.003 } }"#, to: "model.json")
    let data = "scenes:size=64x48,count=1"
    let validation = ["--validation", data, "--steps", "1"]
    #expect(
      train(data, validation + ["--model", model, "--strict"])
        == Answer(1, errors: "losskit: error: \(model): \(warning)\n"))
    #expect(try folder.names == ["model.json"])
    let answer = train(data, validation + ["--model", model])
    #expect(answer.status == 0 && answer.errors.hasPrefix("warning: \(model): \(warning)\n"))
  }

  @Test func annotations() throws {
    try folder.write(
      Array("P5 128 96 255\n".utf8) + Array(repeating: 9, count: 128 * 96), to: "a.pgm")
    let data = try folder.write(
      """
      {
        "images": [
          {"id": 1, "file_name": "a.pgm", "width": 128, "height": 96},
          {"id": 2, "file_name": "a.pgm", "width": 128, "height": 96}
        ],
        "categories": [{"id": 1, "name": "red"}],
        "annotations": [
          {"id": 1, "image_id": 1, "category_id": 1, "bbox": [0.1, 0.2, 0.5, 0.6]},
          {"id": 2, "image_id": 2, "category_id": 1, "bbox": [100, 20, 50, 60]}
        ]
      }
      """, to: "annotations.json")
    let warnings = [
      "boxes that reached over their image and were clipped: 1",
      "images all of whose boxes lie within 0 to 1: 1 of 2; they are probably shares of the sides: "
        + "multiply x and width by the image's width, y and height by its height",
    ]
    let unmeasured =
      "there is nothing to measure with, so that nobody will know how good the detector is: name other data "
      + "with --validation, or leave a part of this for it, with --split 0.8"
    let lines = (warnings + [unmeasured]).map { "\(data): \($0)\n" }
    #expect(
      train(data, ["--strict"]) == Answer(1, errors: "losskit: error: " + lines.joined()))
    let notes = try losskit("data", "describe", "--data", data, "--json").json["notes"]
    #expect(notes?.elements.compactMap(\.string) == warnings)
  }

  @Test func sweeps() throws {
    let sweep = try folder.write(
      """
      {
        "recipe": "reference_detector", "method": "grid", "seeds": [1],
        "parameters": {
          "training.steps": { "value": 50 }, "training.warmup_steps": { "values": [20, 100] }
        },
        "metric": { "name": "AP50", "goal": "maximize" }
      }
      """, to: "sweep.json")
    #expect(
      losskit("sweep", "run", sweep, "--out", folder.path("out"), "--strict")
        == Answer(
          1,
          errors: """
            losskit: error: sweep, warmup_steps=100: training.warmup_steps: is 100, but the training \
            has 50 steps, so that the rate never reaches 0.001; lower it, or train for longer

            """))
    #expect(try folder.names == ["sweep.json"])
  }
}
