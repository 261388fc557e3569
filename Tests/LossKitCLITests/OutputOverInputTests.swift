import CommandLineTestSupport
import Foundation
import LossKit
import TestSupport
import Testing

/// What a command reads, it doesn't write over: by whatever path, and however it came to read it.
struct OutputOverInputTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Calls the command and expects that it refuses, and that the files of the folder are as before.
  private func refuses(
    _ arguments: [String], writing path: String,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    let before = try contents()
    let answer = Answer(to: arguments)
    #expect(answer.status == 1, sourceLocation: sourceLocation)
    #expect(
      answer.errors
        == "losskit: error: \(path): is read by this command and would be lost; name another file "
        + "to write\n", sourceLocation: sourceLocation)
    #expect(try contents() == before, sourceLocation: sourceLocation)
  }

  private func contents() throws -> [String: Data] {
    let root = folder.path("")
    let names = try FileManager.default.subpathsOfDirectory(atPath: root)
    return Dictionary(
      uniqueKeysWithValues: names.map { name in
        (name, FileManager.default.contents(atPath: folder.path(name)) ?? Data())
      })
  }

  @Test func `gradients`() throws {
    let base = try folder.recipe("base.json")
    let recipe = try folder.write(#"{ "extends": "base" }"#, to: "recipe.json")
    let bundle = try folder.bundle()
    let (link, hard) = (folder.path("link"), folder.path("hard"))
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: bundle)
    try FileManager.default.linkItem(atPath: recipe, toPath: hard)
    for path in [base, recipe, bundle, link, hard, folder.path("./") + "/./base.json"] {
      try refuses(["evaluate", recipe, bundle, "--gradients", path], writing: path)
    }
    try refuses(["targets", recipe, bundle, "--output", bundle], writing: bundle)
    let answer = losskit("evaluate", recipe, bundle, "--gradients", folder.path("new"))
    #expect(answer.status == 0)
    // What another command reads may be written.
    #expect(losskit("evaluate", base, bundle, "--gradients", recipe).status == 0)
  }

  @Test func `sheets of data`() throws {
    let image = try folder.write(
      Array("P5 40 60 255\n".utf8) + Array(repeating: 9, count: 40 * 60), to: "images/a.pgm")
    let data = try folder.write(
      """
      {
        "images": [{"id": 1, "file_name": "a.pgm", "width": 40, "height": 60}],
        "categories": [{"id": 1, "name": "red"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 32, 32]}]
      }
      """, to: "annotations.json")
    for path in [image, data] {
      try refuses(["data", "preview", "--data", data, "--output", path], writing: path)
      try refuses(["data", "preview", "--data", folder.path(""), "--output", path], writing: path)
    }
  }

  @Test func `a training and its detections`() throws {
    let settings = [
      "model.channels=[16, 16, 32]", "model.strides=[2, 2, 2]", "model.map_channels=32",
      "model.roi_size=4", "model.roi_channels=[32]", "training.batch=1", "training.steps=1",
      "training.warmup_steps=0",
    ].flatMap { ["--set", $0] }
    let run = folder.path("run")
    let recipe = try folder.write(
      try Data(
        contentsOf: URL(filePath: Reference.path("Configs/recipes/reference_detector.json"))),
      to: "run/recipe.json")
    let model = try folder.write(#"{"name": "mine"}"#, to: "run/model.json")
    // What else a training makes before it looks.
    try folder.write("", to: "run/.lock")
    let data = ["--data", "scenes:size=64x48,count=2", "--validation", "scenes:size=64x48,count=1"]
    let train = ["train", "--out", run] + data + settings
    let weight = ["--set", "stages.rpn.terms.rpn_box.weight=2"]
    try refuses(train + ["--recipe", recipe] + weight, writing: recipe)
    try refuses(train + ["--recipe", recipe, "--model", model], writing: model)

    // The same recipe stays where it is.
    try FileManager.default.removeItem(atPath: model)
    let answer = Answer(to: train + ["--recipe", recipe])
    #expect(answer.status == 0, "\(answer.errors)")
    for name in ["checkpoint.safetensors", "recipe.json", "model.json"] {
      let path = "\(run)/\(name)"
      try refuses(
        [
          "detect", "--checkpoint", run, "--data", "scenes:size=64x48,count=1", "--output", path,
        ], writing: path)
    }
    let image = try folder.write(
      Array("P5 64 48 255\n".utf8) + Array(repeating: 9, count: 64 * 48), to: "image.pgm")
    try refuses(["detect", "--checkpoint", run, image, "--output", image], writing: image)
    let sheet = folder.path("run/sheet.png")
    for _ in 0..<2 {
      #expect(losskit("detect", "--checkpoint", run, image, "--output", sheet).status == 0)
    }
  }

  @Test(.enabled(if: PluginBuilding.compiler != nil, "there is no C compiler"))
  func `a schema`() throws {
    let library = try PluginBuilding.quantile(in: folder)
    try refuses(["schema", "--plugin", library, "--output", library], writing: library)
  }

  @Test(arguments: [
    ["data", "preview", "--output", ""], ["schema", "--output="],
    ["train", "--recipe", "r", "--out", ""],
    ["detect", "--checkpoint", "run", "--output", ""], ["new-loss", "x", "--directory", ""],
    ["check", ""], ["list", "--plugin", ""],
  ])
  func `a path isn't empty`(_ arguments: [String]) throws {
    let answer = Answer(to: arguments)
    #expect(answer.status == 2 && answer.errors.contains("is empty; expected "), "\(answer.errors)")
  }
}
