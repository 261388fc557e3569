import Detector
import Foundation
import LossKit
import TestSupport
import Testing

struct ModelFileTests {
  @Test func `the committed file holds the defaults`() throws {
    let path = Reference.path("Configs/models/default.json")
    let committed = try ModelFile(contentsOf: path)
    let defaults = try ModelFile()
    #expect(committed.model == defaults.model && committed.training == defaults.training)
    // The file itself, as reading it takes out what is null.
    let bytes = Array(try Data(contentsOf: URL(filePath: path)))
    let (file, other) = (try JSONNode(parsing: bytes, file: path), defaults.node)
    #expect(other["model"] != nil && other["training"] != nil)
    #expect(file["model"] == other["model"] && file["training"] == other["training"])
  }

  @Test func `the small model fits the anchors of the reference detector's recipes`() throws {
    let file = try ModelFile(contentsOf: Reference.path("Configs/models/quickstart.json"))
    #expect(file.model.stride == 8)
  }

  @Test func `a file may leave out what is as usual`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(#"{ "training": { "steps": 7 } }"#, to: "model.json")
    let file = try ModelFile(
      contentsOf: path,
      settings: [
        try JSONSetting(parsing: "model.channels=[16, 32, 64]"),
        try JSONSetting(parsing: "model.strides=[2, 2, 1]"),
      ])
    #expect(file.training.steps == 7 && file.training.batch == 8)
    #expect(file.model.channels == [16, 32, 64] && file.model.stride == 4)
  }

  @Test func `all mistakes are told with their places`() throws {
    let folder = try TemporaryFolder()
    let text = """
      {
        "model": { "chanels": [32], "strides": [2, 3] },
        "training": { "optimizer": "adamv", "rate": -1, "batch": 1.5 },
        "modell": {}
      }
      """
    let path = try folder.write(text, to: "model.json")
    #expect {
      try ModelFile(contentsOf: path)
    } throws: { error in
      let lines = "\(error)".split(separator: "\n").map { $0.dropFirst(path.count) }
      return lines.count == 6
        && lines[0].hasPrefix(":2:14: model.chanels: unknown key")
        && lines[0].hasSuffix("did you mean \"channels\"?")
        && lines[1].hasPrefix(":2:42: model.strides: is 3; expected 1 … 2")
        && lines[2].hasPrefix(":3:30: training.optimizer: \"adamv\" is none of")
        && lines[2].hasSuffix("did you mean \"adam\"?")
        && lines[3].hasPrefix(":3:47: training.rate: is -1; expected > 0")
        && lines[4].hasPrefix(":3:60: training.batch: is 1.5; expected integer")
        && lines[5].hasPrefix(":4:3: modell: unknown key")
    }
  }

  @Test(arguments: [
    (
      "model.channels=[16, 20, 32, 32, 32, 32, 32]",
      "model.channels: has 20; expected multiples of 16"
    ),
    (
      "model.strides=[2]", "model.strides: has 1 number for 7 channels; expected as many"
    ),
    (
      "model.strides=[2, 2, 2, 2, 2, 2, 32]",
      "model.strides: is 32; expected 1 … 2"
    ),
    (
      "model.channels=[4096, 4096, 4096, 4096, 4096, 4096, 4096]",
      "model.channels: makes layers of "
    ),
    ("model.roi_channels=[65536, 65536]", "model.channels: makes layers of "),
    ("training.steps=-9223372036854775808", "training.steps: is -9.22"),
    ("training.batch=9223372036854775807", "training.batch: is 9.22"),
    ("training.log_every=-9223372036854775808", "training.log_every: is -9.22"),
    ("model.detections=1e308", "model.detections: is 1e+308"),
    ("model.channels=[1e308, 16, 16, 16, 16, 16, 16]", "model.channels"),
    ("model.channels=[-9223372036854775808]", "model.channels"),
    ("training=3", "training: expected an object, found an integer"),
    ("training.momentum=1", "training.momentum: is 1; expected 0 … 0.99999"),
    ("training.beta2=1", "training.beta2: is 1; expected 0 … 0.99999"),
    ("training.gradient_clip=1e-300", "training.gradient_clip: is 1e-300; expected ≥ 1e-30"),
    ("training.step=3", "training.step: unknown key"),
  ])
  func `settings that don't go together are refused`(setting: String, message: String) throws {
    #expect {
      try ModelFile(settings: [try JSONSetting(parsing: setting)])
    } throws: { "\($0)".contains(message) }
  }

  @Test func `a map too coarse for any image is refused`() throws {
    let list = { (number: Int) in "\(Array(repeating: number, count: 70))" }
    #expect {
      try ModelFile(settings: [
        try JSONSetting(parsing: "model.channels=\(list(16))"),
        try JSONSetting(parsing: "model.strides=\(list(2))"),
      ])
    } throws: { "\($0)".contains("model.strides: multiply to ") }
  }

  @Test func `a file that isn't there is named`() {
    #expect {
      try ModelFile(contentsOf: "/nowhere/model.json")
    } throws: { "\($0)" == "/nowhere/model.json: no such file" }
  }
}
