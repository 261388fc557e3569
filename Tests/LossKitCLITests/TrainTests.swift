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

  private func train(_ folder: String, _ more: [String] = []) -> Answer {
    Answer(
      to: [
        "train", "--recipe", Self.recipe, "--data", Self.data, "--out", folder, "--threads", "1",
      ]
        + Self.settings + more)
  }

  @Test func `a training leaves its files, and its model detects`() throws {
    let folder = try TemporaryFolder()
    let run = folder.path("run")
    let validation = ["--validation", "scenes:size=64x48,count=3,split=held_out"]
    let answer = train(run, ["--steps", "4"] + validation)
    #expect(answer.status == 0, "\(answer.errors)")
    let lines = answer.errors.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.last?.hasPrefix("step 4 of 4, loss ") == true)
    #expect(lines.last?.hasSuffix(" images/s, 0 s left") == true)
    #expect(answer.text.contains("AP50") && answer.text.hasSuffix("\(run): done\n"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: run).sorted() == [
        "checkpoint.safetensors", "detections.json", "metrics.jsonl", "model.json", "recipe.json",
        "sample_0.png", "sample_1.png", "sample_2.png",
      ])

    let again = train(run, ["--steps", "4"] + validation)
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
      ] + validation)
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
    #expect(answer.errors.contains("\(file): can't be made a folder; name another one with --out"))
  }

  @Test func `detections need a checkpoint, and images or data`() throws {
    let folder = try TemporaryFolder()
    let missing = Answer(to: ["detect", "--checkpoint", folder.path("run"), "--data", Self.data])
    #expect(missing.status == 1 && missing.errors.contains("checkpoint.safetensors"))
  }
}
