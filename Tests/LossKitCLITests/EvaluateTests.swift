import LossKit
import TestSupport
import Testing

@Suite struct EvaluateTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test func table() throws {
    let answer = losskit("evaluate", try folder.recipe(), try folder.bundle())
    #expect(answer.status == 0 && answer.errors.isEmpty)
    #expect(
      answer.text == """
        term           loss  weight  weighted  normalizer  positives  negatives  ignored
        dense.cls  0.693147       1  0.693147           4          1          3        0
        dense.box  1.625          2  3.25               1          1          3        0
        --------------------------------------------------------------------------------
        total                        3.94315

        """)
  }

  @Test func gradientsHaveNamesAndShapesOfThePredictions() throws {
    let output = folder.path("gradients.safetensors")
    let answer = losskit(
      "evaluate", try folder.recipe(), try folder.bundle(), "--gradients", output)
    #expect(answer.status == 0)
    let lines = answer.text.split(separator: "\n")
    #expect(lines[0].hasSuffix("  gradient norm"))
    #expect(lines[1].hasSuffix("  0.353553"))
    #expect(lines[2].hasSuffix("  2.23607"))

    let file = try SafetensorsFile(contentsOf: output)
    #expect(file.names == ["scores", "deltas"])
    // (p − t) / 4 with p = 0.5 everywhere; the first anchor is of class 1, the others of class 0.
    let e: Float = 0.125
    #expect(
      try file.floats(named: "scores")
        == Tensor(shape: [1, 2, 2, 2], elements: [e, -e, -e, -e, -e, e, e, e]))
    // Derivatives 0.5 and 1, times the weight; only positives have box targets.
    #expect(
      try file.floats(named: "deltas")
        == Tensor(
          shape: [1, 4, 2, 2], elements: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0]))
  }

  @Test func jsonHasFullPrecision() throws {
    let recipe = try folder.recipe()
    let bundle = try folder.bundle()
    let json = try losskit("evaluate", recipe, bundle, "--json").json
    #expect(json["recipe"]?.string == recipe && json["bundle"]?.string == bundle)
    #expect(json["name"] == "small")
    #expect(
      json["terms", "1"] == [
        "stage": "dense", "term": "box", "value": 1.625, "weight": 2.0, "weighted_value": 3.25,
        "divisors": [1.0], "positives": 1, "negatives": 3, "ignored": 0,
      ])
    let value = try #require(json["terms", "0", "value"]?.double)
    #expect(abs(value - 0.693147180559945) < 1e-7)
    #expect(json["total"]?.double == value + 3.25)
  }

  @Test func settingsChangeTheRecipe() throws {
    let json = try losskit(
      "evaluate", try folder.recipe(), try folder.bundle(), "--json",
      "--set", "stages.dense.terms.box.weight=0", "--set", "stages.dense.terms.cls.normalizer=2"
    ).json
    #expect(json["terms", "1", "weighted_value"] == 0.0)
    #expect(json["terms", "0", "divisors"] == [2.0])
  }

  @Test func theNumberOfThreadsDoesNotMatter() throws {
    let recipe = try folder.recipe()
    let bundle = try folder.bundle()
    let one = losskit("evaluate", recipe, bundle, "--json", "--threads", "1")
    #expect(one.status == 0)
    #expect(one.text == losskit("evaluate", recipe, bundle, "--json", "--threads", "3").text)
  }

  @Test func anImageWithoutGroundTruthIsNoError() throws {
    let bundle = try folder.bundle(replacing: [
      "gt_boxes": .float32(SmallDetector.tensor([0, 4], [])),
      "gt_labels": .int64(SmallDetector.tensor([0], [])),
    ])
    let answer = losskit("evaluate", try folder.recipe(), bundle, "--json")
    #expect(answer.status == 0)
    let json = try answer.json
    #expect(json["terms", "0", "positives"] == 0 && json["terms", "0", "negatives"] == 4)
    #expect(json["terms", "1", "value"] == 0.0)
  }

  @Test func normalizersOfImagesAreShownAsARange() throws {
    let bundle = try folder.bundle(replacing: [
      "image_sizes": .int64(SmallDetector.tensor([2, 2], [32, 32, 32, 32])),
      "gt_image": .int64(SmallDetector.tensor([1], [1])),
      "scores": .float32(try Tensor(repeating: 0, shape: [2, 2, 2, 2])),
      "deltas": .float32(try Tensor(repeating: 0, shape: [2, 4, 2, 2])),
    ])
    let answer = losskit(
      "evaluate", try folder.recipe(), bundle, "--set",
      #"stages.dense.terms.box.normalizer={"by":"positives","per":"image"}"#)
    #expect(answer.status == 0)
    let box = answer.text.split(separator: "\n")[2].split(whereSeparator: \.isWhitespace)
    #expect(box == ["dense.box", "0", "2", "0", "0", "to", "1", "1", "7", "0"])
  }
}
