import CommandLineTestSupport
import Foundation
import LossKit
import TestSupport
import Testing

struct DataTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// Two images, three objects and a crowd in COCO's format.
  private func cells() throws -> String {
    try folder.write(
      Array("P5 40 60 255\n".utf8) + Array(repeating: 9, count: 40 * 60), to: "images/a.pgm")
    try folder.write(
      Array("P5 80 60 255\n".utf8) + Array(repeating: 9, count: 80 * 60), to: "images/b.pgm")
    return try folder.write(
      """
      {
        "images": [
          {"id": 1, "file_name": "a.pgm", "width": 40, "height": 60},
          {"id": 2, "file_name": "b.pgm", "width": 80, "height": 60}
        ],
        "categories": [{"id": 1, "name": "red"}, {"id": 2, "name": "white"}],
        "annotations": [
          {"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 32, 32]},
          {"id": 2, "image_id": 1, "category_id": 1, "bbox": [1, 2, 4.5, 40]},
          {"id": 3, "image_id": 1, "category_id": 1, "bbox": [0, 10, 40, 50]},
          {"id": 4, "image_id": 1, "category_id": 2, "bbox": [0, 0, 9, 9], "iscrowd": 1}
        ]
      }
      """, to: "cells.json")
  }

  @Test func `a folder whose annotations are called otherwise`() throws {
    _ = try cells()
    let answer = losskit("data", "describe", "--data", folder.path("."))
    #expect(
      answer.status == 1 && answer.errors.contains("; if cells.json has them, name that"))
  }

  @Test func `preview draws a sheet`() throws {
    let sheet = folder.path("sheet.png")
    let answer = losskit(
      "data", "preview", "--data", "scenes:size=64x48,count=5", "--first", "2", "--output", sheet)
    #expect(answer == Answer(0, "3 of 5 examples: \(sheet)\n"))
    let bytes = try Data(contentsOf: URL(filePath: sheet))
    #expect(bytes.prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
    // Two columns of 64 · 5 pixels and three margins.
    #expect(Array(bytes[16..<20]) == [0, 0, 2, 164])
  }

  @Test func `describe counts`() throws {
    let path = try cells()
    let answer = losskit("data", "describe", "--data", path)
    #expect(answer.status == 0 && answer.errors.isEmpty)
    #expect(
      answer.text == """
        class  images  objects  small  medium  large  crowds      sides
        red         1        3      2       1      0       0  4.5 to 50
        white       0        0      0       0      0       1
        ---------------------------------------------------------------
        all         1        3      2       1      0       1

        2 images: 1 of 40 × 60, 1 of 80 × 60 pixels; 1 without objects.
        note: category "white" has no objects; it can't be learnt or measured
        note: images without annotations: 1 of 2

        """)
  }

  @Test func `describe answers JSON`() throws {
    let json = try losskit("data", "describe", "--data", try cells(), "--json").json
    #expect(json["images"] == 2 && json["images_without_objects"] == 1)
    #expect(json["sizes", "1"] == ["width": 80, "height": 60, "images": 1])
    #expect(
      json["classes", "0"] == [
        "name": "red", "images": 1, "objects": 3, "small": 2, "medium": 1, "large": 0,
        "crowds": 0, "shortest_side": 4.5, "longest_side": 50.0,
      ])
    #expect(json["classes", "1", "shortest_side"] == nil)
    #expect(json["notes"]?.elements.count == 2)
  }

  @Test func `threads don't matter`() throws {
    let answers = ["1", "3"].map {
      losskit(
        "data", "describe", "--data", "scenes:size=32x32,count=40,difficulty=1", "--threads", $0)
    }
    #expect(answers[0].status == 0 && answers[0] == answers[1])
    #expect(answers[0].text.contains("40 images: 40 of 32 × 32 pixels"))
  }

  @Test func `wrong data`() throws {
    let unknown = losskit("data", "preview", "--data", "scenes:sed=1")
    #expect(unknown.status == 2 && unknown.text.isEmpty)
    #expect(
      unknown.errors.contains(
        "--data: scenes: unknown setting \"sed\"; expected one of seed, split, difficulty, "
          + "size, count; did you mean \"seed\"?"))
    let range = losskit("data", "describe", "--data", "scenes:difficulty=2")
    #expect(range.status == 1)
    #expect(range.errors.contains("scenes: difficulty 2.0; expected 0 to 1"))
    let missing = losskit("data", "describe", "--data", folder.path("no"))
    #expect(missing.status == 1 && missing.errors.contains("\(folder.path("no")): no such file"))
    let first = losskit("data", "preview", "--data", "scenes:count=3", "--first", "3")
    #expect(first.status == 2)
    #expect(first.errors.contains("--first: there are 3 examples; expected 0 to 2"))
  }

  @Test func `names of classes don't steer the terminal`() throws {
    let path = try cells()
    let text = try String(contentsOfFile: path, encoding: .utf8)
      .replacing("\"white\"", with: #""\u001B[2Jwhite\nall\u202E""#)
    try folder.write(text, to: "cells.json")
    let answer = losskit("data", "describe", "--data", path)
    #expect(answer.status == 0)
    let shown = #"\u001B[2Jwhite\nall\u202E"#
    #expect(answer.text.contains("\n\(shown)") && answer.text.contains("category \"\(shown)\""))
    #expect(!answer.text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
  }

  @Test func `what is no file is told for what it is`() throws {
    let pipe = folder.path("pipe")
    try #require(mkfifo(pipe, 0o600) == 0)
    let message = "\(pipe): is a pipe; expected a file"
    for arguments in [
      ["check", pipe], ["data", "describe", "--data", pipe],
      ["train", "--recipe", pipe, "--out", folder.path("run")],
      ["gradcheck", pipe, "--bundle", pipe], ["sweep", "run", pipe],
    ] {
      let answer = Answer(to: arguments)
      #expect(answer.status == 1 && answer.errors.contains(message), "\(answer.errors)")
    }
  }

  @Test func `a damaged image is named`() throws {
    let path = try cells()
    let image = try folder.write("P5 80 60 255\n", to: "images/b.pgm")
    let answer = losskit("data", "describe", "--data", path)
    #expect(answer.status == 1 && answer.text.isEmpty)
    #expect(answer.errors.contains("\(image): ends too early"))
  }
}
