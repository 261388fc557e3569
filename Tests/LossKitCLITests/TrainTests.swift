import CommandLineTestSupport
import Foundation
import TestSupport
import Testing

struct TrainTests {
  private static let settings = [
    "model.channels=[16, 16, 32]", "model.strides=[2, 2, 2]", "model.map_channels=32",
    "model.roi_size=4", "model.roi_channels=[32]", "training.batch=2", "training.log_every=2",
    "training.warmup_steps=2",
  ].flatMap { ["--set", $0] }
  private static let recipe = Reference.path("Configs/recipes/reference_detector.json")
  private static let data = "scenes:size=64x48,count=4"
  private static let validation = ["--validation", "scenes:size=64x48,count=3,split=held_out"]

  private func train(
    _ folder: String, _ more: [String] = [], recipe: String = Self.recipe
  ) -> Answer {
    Answer(
      to: [
        "train", "--recipe", recipe, "--data", Self.data, "--out", folder, "--threads", "1",
      ]
        + Self.settings + (more.contains("--validation") ? [] : Self.validation) + more)
  }

  @Test func `a training leaves its files, and its model detects`() throws {
    let folder = try TemporaryFolder()
    let run = folder.path("run")
    let answer = train(run, ["--steps", "4"])
    #expect(answer.status == 0, "\(answer.errors)")
    let lines = answer.errors.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.last?.hasPrefix("step 4 of 4, loss ") == true)
    #expect(lines.last?.hasSuffix(" images/s, 0 s left") == true)
    #expect(answer.text.contains("AP50") && answer.text.hasSuffix("\(run): done\n"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: run).sorted() == [
        ".lock", "checkpoint.safetensors", "detections.json", "evaluation.json", "metrics.jsonl",
        "model.json", "recipe.json",
        "sample_0.png", "sample_1.png", "sample_2.png",
      ])

    let again = train(run, ["--steps", "4"])
    #expect(again.status == 0)
    #expect(again.errors == "the training in this folder is complete; nothing is left to do\n")

    let other = train(run, ["--steps", "4"] + ["--validation", "scenes:size=64x48,count=4"])
    #expect(other.status == 1)
    #expect(
      other.errors.contains(
        "other validation data: scenes:split=held_out,size=64x48,count=3, not "
          + "scenes:size=64x48,count=4; name another folder with --out"))

    // What a sweep does: recipe and model lie in the folder already.
    let own = Answer(
      to: [
        "train", "--recipe", "\(run)/recipe.json", "--model", "\(run)/model.json", "--data",
        Self.data,
        "--out", run,
      ] + Self.validation)
    #expect(own.status == 0 && own.errors == again.errors, "\(own.errors)")

    let sheet = folder.path("sheet.png")
    let detect = Answer(to: [
      "detect", "--checkpoint", run, "--data", Self.data, "--count", "2", "--output", sheet,
    ])
    #expect(detect.status == 0 && detect.text == "2 images: \(sheet)\n", "\(detect.errors)")
    #expect(try Data(contentsOf: URL(filePath: sheet)).starts(with: [0x89, 0x50, 0x4E, 0x47]))
  }

  @Test(arguments: [
    (["--set", "training.step=3"], "--set: training.step: unknown key \"step\""),
    (["--set", "stages.rpn.terms.rpn_clss.weight=3"], "did you mean \"rpn_cls\"?"),
    (["--set", "stages.rpn.priors.strides=[16]"], "set the recipe's \"strides\" to [8]"),
    (["--model", "/nowhere.json"], "/nowhere.json: no such file"),
    (
      ["--validation", "/nowhere"], "/nowhere"
    ),
  ])
  func `what can't be used is told`(_ more: [String], _ message: String) throws {
    let folder = try TemporaryFolder()
    let answer = train(folder.path("run"), more)
    #expect(answer.status == 1 && answer.errors.contains(message), "\(answer.errors)")
    #expect(try folder.names == [])
  }

  @Test func `a folder that can't be made is told`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("", to: "file")
    let answer = train(file)
    #expect(answer.status == 1)
    #expect(answer.errors.contains("\(file): can't be made a folder: "))
    #expect(answer.errors.hasSuffix("; name another one with --out\n"))
  }

  @Test func `detections need a checkpoint, and images or data`() throws {
    let folder = try TemporaryFolder()
    let missing = Answer(to: ["detect", "--checkpoint", folder.path("run"), "--data", Self.data])
    #expect(missing.status == 1 && missing.errors.contains("checkpoint.safetensors"))
  }

  @Test func `a training goes on beyond its steps, and not back`() throws {
    let folder = try TemporaryFolder()
    let run = folder.path("run")
    #expect(train(run, ["--steps", "4"]).status == 0)
    let more = train(run, ["--steps", "6"])
    #expect(more.status == 0)
    #expect(
      more.errors.hasPrefix(
        """
        the training had 4 steps; from here on the rate follows the schedule of 6
        going on after step 4 of 6
        step 6 of 6,
        """), "\(more.errors)")
    #expect(
      try String(contentsOfFile: "\(run)/model.json", encoding: .utf8).contains("\"steps\": 6"))
    #expect(train(run, ["--steps", "6"]).errors.contains("is complete"))
    let fewer = train(run, ["--steps", "5"])
    #expect(fewer.status == 1)
    #expect(
      fewer.errors.contains(
        "belongs to a training of 6 steps, not 5; it may go on beyond them, not end before"))
    let other = train(run, ["--steps", "8", "--set", "training.rate=0.1"])
    #expect(other.status == 1 && other.errors.contains("a training with another model file"))
  }

  @Test func `val measures with what is held out`() throws {
    let folder = try TemporaryFolder()
    let run = folder.path("run")
    #expect(train(run, ["--steps", "2", "--set", "model.image_size=[48, 48]"]).status == 0)
    let answer = Answer(to: [
      "val", "--checkpoint", run, "--data", "scenes:split=held_out,size=64x48,count=3", "--json",
    ])
    #expect(answer.status == 0, "\(answer.errors)")
    let json = try answer.json
    #expect(json["data"] == "scenes:split=held_out,size=64x48,count=3" && json["images"] == 3)
    #expect(json["metrics", "AP50"]?.double != nil && json["metrics", "AP/star"] != nil)
    let table = Answer(to: [
      "val", "--checkpoint", run, "--data", "scenes:size=64x48,count=5", "--split", "0.6",
    ])
    #expect(table.text.hasPrefix("scenes:size=64x48,count=5, 2 images"), "\(table.errors)")
    #expect(table.text.contains("RPN_recall"))
    let dense = train(
      folder.path("dense"), ["--steps", "1"],
      recipe: Reference.path("Configs/recipes/reference_detector_fcos.json"))
    #expect(dense.text.contains("AP50") && !dense.text.contains("RPN_recall"), "\(dense.errors)")
    let counted = Answer(to: ["val", "--checkpoint", run, "--data", "scenes:size=64x48,count=2"])
    #expect(counted.text.hasPrefix("scenes:split=held_out,size=64x48,count=2, 2 images"))
  }

  /// Nobody wrote the number of strides.
  @Test func `a setting that doesn't fit the defaults`() {
    let answer = losskit(
      "train", "--recipe", Self.recipe, "--out", "run", "--set", "model.channels=[16, 16, 32]")
    #expect(
      answer.errors
        == "losskit: error: the defaults: model.strides: has 7 numbers for 3 channels; expected as many\n"
    )
  }

  @Test func `classes must be those that the model was trained for`() throws {
    let folder = try TemporaryFolder()
    let run = folder.path("run")
    #expect(train(run, ["--steps", "2"]).status == 0)
    let data = try cells(in: folder)
    let answer = Answer(to: ["val", "--checkpoint", run, "--data", data])
    #expect(answer.status == 1)
    #expect(
      answer.errors.contains(
        "\(data): has the classes red; the model was trained for disc, square, triangle, ring, cross, star, in "
          + "this order"))
  }

  private func cells(in folder: TemporaryFolder) throws -> String {
    for name in ["a", "b"] {
      try folder.write(
        Array("P5 64 48 255\n".utf8) + Array(repeating: 9, count: 64 * 48), to: "\(name).pgm")
    }
    return try folder.write(
      """
      {"images": [{"id": 1, "file_name": "a.pgm", "width": 64, "height": 48},
        {"id": 2, "file_name": "b.pgm", "width": 64, "height": 48}],
       "categories": [{"id": 1, "name": "red"}],
       "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 32, 32]},
        {"id": 2, "image_id": 2, "category_id": 1, "bbox": [8, 8, 32, 32]}]}
      """, to: "cells.json")
  }

  @Test func `a missing validation set is told, and a split stands in for it`() throws {
    let folder = try TemporaryFolder()
    let data = try cells(in: folder)
    func train(_ more: String...) -> Answer {
      Answer(
        to: [
          "train", "--recipe", Self.recipe, "--data", data, "--out", folder.path("run"), "--strict",
          "--steps", "3",
        ] + Self.settings + more)
    }
    let missing = train()
    #expect(missing.status == 1)
    #expect(
      missing.errors.contains(
        "\(data): there is nothing to measure with, so that nobody will know how good the detector is: name "
          + "other data with --validation, or leave a part of this for it, with --split 0.8"))
    let split = train("--split", "0.5")
    #expect(split.status == 0 && split.text.contains("AP/red"), "\(split.errors)")
    let both = train("--split", "0.5", "--validation", data)
    #expect(both.status == 2 && both.errors.contains("--split and --validation exclude each other"))
    #expect(
      train("--split", "1").errors.contains(#"--split: expected a number between 0 and 1; got "1""#)
    )
  }
}
