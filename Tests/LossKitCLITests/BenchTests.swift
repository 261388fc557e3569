import CommandLineTestSupport
import Foundation
import LossKit
import TestSupport
import Testing

/// That what is measured is the work it is called; never how long it takes.
@Suite struct BenchTests {
  @Test func everyWorkRunsAtATinySize() throws {
    let listed = try losskit("bench", "--list", "--json").json.elements
    let answer = losskit(
      "bench", "--scale", "0.0005", "--runs", "1", "--threads", "2", "--json")
    #expect(answer.status == 0, "\(answer.errors)")
    let json = try answer.json
    let works = try #require(json["works"]?.elements)
    #expect(works.map { $0["work"] } == listed.map { $0["work"] })
    #expect(Set(works.compactMap { $0["work"]?.string }).count == works.count)
    for work in try works + [#require(json["streaming_add"])] {
      for key in ["elements", "runs", "seconds", "ns_per_element"] {
        #expect(try #require(work[key]?.double) > 0)
      }
      #expect(try #require(work["value"]?.double).isFinite)
      #expect(work["inputs"] == "drawn")
    }
    for work in try losskit("bench", "--list", "--json").json.elements {
      let isLoss = try Registry.builtIn().losses[#require(work["operation"]?.string)] != nil
      let measured = try #require(works.first { $0["work"] == work["work"] })
      #expect(!isLoss || measured["gradient_norm"]?.double != nil)
      #expect(!isLoss || measured["share_of_streaming_add"]?.double != nil)
    }
  }

  @Test func everyLossIsMeasured() throws {
    let operations = try losskit("bench", "--list", "--json").json.elements.map {
      $0["operation"]?.string
    }
    for declaration in try Registry.builtIn().losses.entries.map(\.declaration)
    where declaration.needsNoParameters {
      #expect(operations.contains(declaration.name))
    }
  }

  @Test func namesSelectByTheirBeginning() throws {
    let answer = losskit("bench", "--list", "nms", "softmax_cross_entropy/8192")
    #expect(answer.status == 0 && answer.errors.isEmpty)
    #expect(
      answer.text == """
        work                                     shape
        softmax_cross_entropy/8192x1204  8,192 × 1,204
        nms/2000                                 2,000
        nms/12000                               12,000

        """)
  }

  @Test func theScaleShrinksTheCounts() throws {
    let works = try losskit("bench", "--list", "--scale", "0.01", "--json").json.elements
    let shapes = Dictionary(
      uniqueKeysWithValues: works.map { ($0["work"]?.string ?? "", $0["shape"]) })
    #expect(shapes["softmax_cross_entropy/65536x81"] == [655, 81])
    #expect(shapes["max_iou/200000x64"] == [2000, 1])
    #expect(shapes["objective/faster_rcnn_torchvision"] == [2, 60, 100, 20])
  }

  @Test func theTableHasALineForEachWork() {
    let answer = losskit("bench", "l2", "nms", "--scale", "0.001", "--runs", "1")
    #expect(answer.status == 0)
    let lines = answer.text.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(
      lines.map(\.first) == [
        "work", "streaming_add/4194304", "l2/1048576x4", "nms/2000", "nms/12000",
      ])
    #expect(answer.errors.contains("measuring nms/2000\n"))
  }

  @Test func resultsDependNeitherOnTheCallNorOnTheThreads() throws {
    func values(_ threads: String) throws -> [[JSONNode?]] {
      try losskit(
        "bench", "softmax_cross", "l1", "objective", "--scale", "0.01", "--runs", "1", "--threads",
        threads, "--json"
      ).json["works"]?.elements.map { [$0["value"], $0["gradient_norm"]] } ?? []
    }
    let one = try values("1")
    #expect(one.count == 15)
    #expect(try values("1") == one && values("3") == one)
  }

  @Test func inputsComeFromAFolder() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      ["predictions": floats([1, 4], [1, 2, 3, 4]), "targets": floats([1, 4], [0, 0, 0, 0])],
      asInputsOf: "l2/1048576x4")
    try folder.write(
      [
        "predictions": floats([2, 2], [-1, -2, -3, -4]),
        "targets": .int64(SmallDetector.tensor([2], [1, 0])),
      ], asInputsOf: "nll/65536x81")
    try folder.write(
      ["predictions": floats([1, 2], [0, 0]), "targets": floats([1, 2], [1, 0])],
      asInputsOf: "log_softmax/65536x81")
    try folder.write(
      [
        "priors": floats([2, 4], [0, 0, 10, 10, 100, 100, 110, 110]),
        "gt_boxes": floats([1, 4], [0, 0, 10, 10]),
      ], asInputsOf: "max_iou/200000x8")
    try folder.write(
      ["boxes": floats([3, 4], [0, 0, 10, 10, 0, 0, 10, 11, 20, 20, 30, 30])],
      asInputsOf: "nms/2000")
    let works = try folder.measure("l2", "nll/6", "log_softmax/6", "max_iou/200000x8", "nms/2000")

    #expect(works.count == 5 && works.values.allSatisfy { $0["inputs"] == "file" })
    // Of the boxes, matches 0 and −1, then boxes 0 and 2 kept: 3 · 1 + 2 · 2, and 3 · 1 + 5 · 2.
    let expected = [
      ("l2/1048576x4", 7.5, 7.5.squareRoot()), ("nll/65536x81", 2.5, 0.5.squareRoot()),
      ("log_softmax/65536x81", -Double.log(2), 0.5.squareRoot()),
      ("max_iou/200000x8", 7, nil), ("nms/2000", 13, nil),
    ]
    for (name, value, gradientNorm) in expected {
      let work = try #require(works[name])
      #expect(abs(try #require(work["value"]?.double) - value) < 1e-6, "\(name)")
      let found = work["gradient_norm"]?.double
      #expect((found == nil) == (gradientNorm == nil), "\(name)")
      #expect(abs((found ?? 0) - (gradientNorm ?? 0)) < 1e-6, "\(name)")
    }
  }

  @Test func aRecipeOfOnesOwnOnItsBundle() throws {
    let folder = try TemporaryFolder()
    let recipe = try folder.recipe()
    let expected = try losskit("evaluate", recipe, try folder.bundle(), "--json").json["total"]
    try folder.write(
      Dictionary(uniqueKeysWithValues: SmallDetector.tensors.map { ($0, $1) }),
      asInputsOf: "objective/small")
    let works = try folder.measure("objective", "--recipe", recipe)
    #expect(works.count == 1)
    #expect(works["objective/small"]?["value"] == expected)
    #expect(works["objective/small"]?["elements"] == 4)
  }

  @Test func inputsAreDrawnForAnyRecipe() throws {
    let recipes = ["faster_rcnn_tf", "faster_rcnn_paper", "atss", "fcos_mmdet", "tood"].flatMap {
      ["--recipe", Reference.path("Configs/recipes/\($0).json")]
    }
    let answer = Answer(
      to: ["bench", "objective", "--scale", "0.1", "--runs", "1", "--json"] + recipes)
    #expect(answer.status == 0, "\(answer.errors)")
    #expect(
      try answer.json["works"]?.elements.map { $0["work"] } == [
        "objective/faster_rcnn_tf", "objective/faster_rcnn_paper", "objective/atss",
        "objective/fcos_mmdet", "objective/tood",
      ])
  }

  @Test(arguments: [
    (["softmx"], "no work begins with \"softmx\"; 'losskit bench --list' shows all"),
    (["max_iu"], "did you mean \"max_iou\"?"),
    (["--scale", "0"], "--scale: expected a number above 0 and up to 1; got \"0\""),
    (["--scale", "1.5"], "--scale: expected a number above 0 and up to 1; got \"1.5\""),
    (["--runs", "0"], "--runs: expected an integer from 1 to 10000"),
  ])
  func wrongUse(arguments: [String], message: String) {
    let answer = Answer(to: ["bench"] + arguments)
    #expect(answer.status == 2 && answer.text.isEmpty)
    #expect(answer.errors.contains(message), "\(answer.errors)")
  }

  @Test func aFolderThatIsMissing() throws {
    let path = try TemporaryFolder().path("none")
    let answer = losskit("bench", "nms", "--inputs", path)
    #expect(answer.status == 1)
    #expect(answer.errors.contains("--inputs: \(path): no such folder"))
  }

  @Test func inputsThatDoNotFit() throws {
    let folder = try TemporaryFolder()
    try folder.write(["boxes": floats([3], [0, 0, 0])], asInputsOf: "nms/2000")
    let answer = losskit("bench", "nms/2000", "--inputs", folder.path(""), "--scale", "0.01")
    #expect(answer.status == 1)
    #expect(answer.errors.contains("boxes has shape [3]; expected [boxes, 4]"))
  }
}

extension TemporaryFolder {
  /// Writes the inputs of a work.
  fileprivate func write(_ tensors: [String: AnyTensor], asInputsOf work: String) throws {
    let file = URL(filePath: path("\(work).safetensors"))
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try SafetensorsFile.write(
      tensors.sorted { $0.key < $1.key }.map { (name: $0.key, tensor: $0.value) },
      to: file.path(percentEncoded: false))
  }

  /// Measures works on the inputs in this folder, and answers the result of each by its name.
  fileprivate func measure(_ arguments: String...) throws -> [String: JSONNode] {
    let answer = Answer(
      to: ["bench", "--inputs", path(""), "--runs", "1", "--scale", "0.001", "--json"] + arguments)
    #expect(answer.status == 0, "\(answer.errors)")
    let works = try answer.json["works"]?.elements ?? []
    return Dictionary(uniqueKeysWithValues: works.map { ($0["work"]?.string ?? "", $0) })
  }
}

/// A tensor of singles.
private func floats(_ shape: [Int], _ elements: [Float]) -> AnyTensor {
  .float32(SmallDetector.tensor(shape, elements))
}
