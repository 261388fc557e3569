import Foundation
import LossKit
import TestSupport
import Testing

/// Bundles that can't be used: what is said of them, and that nothing is written.
@Suite struct BadBundleTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// Evaluates the small detector's recipe on a bundle that can't be used; answers the message
  /// behind the bundle's path.
  private func message(
    on bundle: String, sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws -> String {
    let output = folder.path("out.safetensors")
    let recipe = try folder.recipe()
    let before = try folder.names
    let answer = losskit("evaluate", recipe, bundle, "--gradients", output)
    #expect(answer.status == 1 && answer.text.isEmpty, sourceLocation: sourceLocation)
    #expect(try folder.names == before, sourceLocation: sourceLocation)
    let prefixes = ["losskit: error: \(bundle): ", "losskit: error: \(recipe) on \(bundle): "]
    let prefix = prefixes.first { answer.errors.hasPrefix($0) }
    return String(
      answer.errors.dropFirst(
        try #require(prefix, "\(answer.errors)", sourceLocation: sourceLocation).count))
  }

  private func message(
    replacing tensor: String, by replacement: AnyTensor?,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws -> String {
    try message(
      on: try folder.bundle(replacing: [tensor: replacement]),
      sourceLocation: sourceLocation)
  }

  /// A file with this header, and bytes behind it.
  private func file(header: String, data: Int) throws -> String {
    try folder.write(
      safetensors(header, Array(repeating: 0, count: data)), to: "bad.safetensors")
  }

  // MARK: Files

  @Test func missingFile() throws {
    #expect(
      try message(on: folder.path("none"))
        == "cannot open the file: No such file or directory\n")
  }

  @Test func emptyFile() throws {
    #expect(try message(on: try folder.write("", to: "bad")).hasPrefix("is 0 bytes long; "))
  }

  @Test func fileCutOff() throws {
    let whole = try Data(contentsOf: URL(filePath: try folder.bundle()))
    let path = try folder.write(whole.dropLast(4), to: "cut.safetensors")
    #expect(try message(on: path).contains("the file is cut off or damaged"))
    let header = try folder.write(whole.prefix(100), to: "header.safetensors")
    #expect(try message(on: header).contains("but only 92 follow; it is cut off"))
  }

  @Test func offsetsPastTheEnd() throws {
    let path = try file(
      header: #"{"gt_boxes": {"dtype": "F32", "shape": [1, 4], "data_offsets": [0, 16]}}"#, data: 8)
    #expect(
      try message(on: path)
        == "tensor \"gt_boxes\" has data_offsets [0, 16], where a begin and an end up to 8, the "
        + "number of bytes after the header, were expected; the file is cut off or damaged\n")
  }

  @Test func headerOfTenGigabytes() throws {
    let path = try folder.write(
      littleEndian(UInt64(10_000_000_000)) + Array("{}".utf8), to: "long.safetensors")
    #expect(
      try message(on: path)
        .hasPrefix("says that its header has 10000000000 bytes, where 100000000 at most were"))
  }

  @Test func headerWithDuplicateKeys() throws {
    let path = try file(header: #"{"a": {}, "a": {}}"#, data: 0)
    #expect(try message(on: path).contains("duplicate key \"a\""))
  }

  // MARK: Tensors

  @Test func missingTensorsListWhatThereIs() throws {
    #expect(
      try message(replacing: "scores", by: nil)
        == "has no tensor \"scores\"; it holds \"image_sizes\", \"gt_boxes\", \"gt_labels\", "
        + "\"deltas\"\n")
    #expect(try message(replacing: "gt_labels", by: nil).hasPrefix("has no tensor \"gt_labels\""))
  }

  @Test func wrongType() throws {
    let labels = AnyTensor.float32(SmallDetector.tensor([1], [1]))
    #expect(
      try message(replacing: "gt_labels", by: labels)
        .hasPrefix("tensor \"gt_labels\" has dtype F32, where integers were expected"))
  }

  @Test func wrongShapeOfGroundTruth() throws {
    let boxes = AnyTensor.float32(SmallDetector.tensor([4, 1], [0, 0, 16, 16]))
    #expect(
      try message(replacing: "gt_boxes", by: boxes)
        == "gt_boxes has shape [4, 1]; expected [objects, 4]\n")
  }

  @Test func wrongShapeOfAPrediction() throws {
    let deltas = AnyTensor.float32(try Tensor(repeating: 0, shape: [1, 5, 2, 2]))
    #expect(
      try message(replacing: "deltas", by: deltas)
        == "prediction \"deltas\": shape [1, 5, 2, 2] doesn't fit layout \"n c h w\" with c = 4, "
        + "h = 2, n = 1, w = 2: axis 1 is 5, expected 4\n")
    let flat = AnyTensor.float32(try Tensor(repeating: 0, shape: [16]))
    #expect(
      try message(replacing: "deltas", by: flat)
        == "prediction \"deltas\": shape [16] has 1 axes, but layout \"n c h w\" has 4\n")
  }

  // MARK: Values

  @Test(arguments: [
    (2, "gt_labels image 0: label 2 is out of range for prediction \"scores\", which has classes"),
    (0, "gt_labels image 0, row 0: label 0; expected 1 or more (0 is the background)"),
    (-1, "gt_labels image 0, row 0: label -1; expected 1 or more"),
    (1 << 31, "gt_labels image 0, row 0: label 2147483648; expected 2147483647 at most"),
    (1 << 62, "gt_labels image 0, row 0: label 4611686018427387904; expected 2147483647 at most"),
    (
      (1 << 31) - 1, "gt_labels image 0: label 2147483647 is out of range for prediction \"scores\""
    ),
  ])
  func labelOutOfRange(label: Int, expected: String) throws {
    let message = try message(
      replacing: "gt_labels", by: .int64(SmallDetector.tensor([1], [label])))
    #expect(message.hasPrefix(expected), "\(message)")
  }

  @Test(
    arguments: [
      ([0, 0, .nan, 16], "has a coordinate that is not finite"),
      ([0, 0, 0, 16], "has a side that is not positive; expected x1 < x2 and y1 < y2"),
      ([0, 9, 16, 3], "has a side that is not positive; expected x1 < x2 and y1 < y2"),
    ] as [([Float], String)])
  func badBox(box: [Float], expected: String) throws {
    let message = try message(
      replacing: "gt_boxes", by: .float32(SmallDetector.tensor([1, 4], box)))
    #expect(message.hasPrefix("gt_boxes image 0, row 0: ["))
    #expect(message.contains(expected), "\(message)")
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func predictionThatIsNotFinite(value: Float) throws {
    var deltas: [Float] = Array(repeating: 0, count: 16)
    deltas[11] = value
    #expect(
      try message(
        replacing: "deltas", by: .float32(SmallDetector.tensor([1, 4, 2, 2], deltas)))
        == "prediction \"deltas\" image 0, c = 2, h = 1, w = 1: \(value) is not finite\n")
  }

  @Test func predictionThatDoesNotFitSinglePrecision() throws {
    var deltas = [Double](repeating: 0, count: 16)
    deltas[11] = 1e300
    #expect(
      try message(replacing: "deltas", by: .float64(SmallDetector.tensor([1, 4, 2, 2], deltas)))
        == "tensor \"deltas\" holds 1e+300 at element 11, which doesn't fit single precision\n")
  }

  // MARK: Output

  @Test func gradientsThatCannotBeWritten() throws {
    let recipe = try folder.recipe()
    let bundle = try folder.bundle()
    let before = try Data(contentsOf: URL(filePath: bundle))
    for (path, status) in [
      (bundle, 1), (recipe, 1), (folder.path("none/out"), 1), (folder.path(""), 1), ("", 2),
    ] as [(String, Int32)] {
      let answer = losskit("evaluate", recipe, bundle, "--gradients", path)
      #expect(answer.status == status && answer.text.isEmpty)
    }
    #expect(try Data(contentsOf: URL(filePath: bundle)) == before)
    #expect(try folder.names == ["small.json", "small.safetensors"])
  }
}
