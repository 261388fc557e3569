import Bundle
import LossCore
import TestSupport
import Testing

/// The images of a bundle.
struct DetectionBatchTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// Three images: two objects and two proposals; none; one object that is to be ignored between
  /// two that count, and three proposals.
  static func bundle() throws -> [(name: String, tensor: AnyTensor)] {
    [
      ("image_sizes", .int64(try Tensor(shape: [3, 2], elements: [480, 640, 32, 16, 600, 800]))),
      ("padded_sizes", .int64(try Tensor(shape: [3, 2], elements: [480, 640, 32, 32, 608, 800]))),
      ("gt_boxes", .float32(try tensor([5, 4]) { Float($0) + ($0 % 4 < 2 ? 0 : 10) })),
      ("gt_labels", .int64(Tensor([3, 1, 2, 7, 1]))),
      ("gt_image", .int64(Tensor([2, 0, 2, 0, 2]))),
      ("gt_ignore", .uint8(Tensor([0, 0, 1, 0, 0]))),
      ("proposals", .float32(try tensor([5, 4]) { Float(100 + $0) })),
      ("proposals_image", .int64(Tensor([0, 0, 2, 2, 2]))),
      ("rpn.sampled", .uint8(Tensor([0, 1, 2]))),
      ("rcnn.sampled", .bool(Tensor([true, false]))),
      ("scores", .float32(Tensor([1.5]))),
    ]
  }

  private func safetensors(
    _ tensors: [(name: String, tensor: AnyTensor)]
  ) throws -> SafetensorsFile {
    let path = folder.path("bundle.safetensors")
    try SafetensorsFile.write(tensors, to: path)
    return try SafetensorsFile(contentsOf: path)
  }

  private func npyFolder(
    _ tensors: [(name: String, tensor: AnyTensor)]
  ) throws -> any TensorSource {
    for (name, tensor) in tensors {
      // Makes the folder as well.
      let path = try folder.write([], to: "bundle/\(name).npy")
      try NpyFile.write(tensor, to: path)
    }
    return try openBundle(folder.path("bundle"))
  }

  private func box(_ first: Float, side: Float) -> Box {
    Box(first, first + 1, first + 2 + side, first + 3 + side)
  }

  private func check(_ batch: DetectionBatch) {
    #expect(
      batch.images.map(\.size) == [
        ImageSize(height: 480, width: 640), ImageSize(height: 32, width: 16),
        ImageSize(height: 600, width: 800),
      ])
    #expect(
      batch.images.map(\.paddedSize) == [
        ImageSize(height: 480, width: 640), ImageSize(height: 32, width: 32),
        ImageSize(height: 608, width: 800),
      ])
    #expect(
      batch.images.map(\.groundTruth) == [
        GroundTruth(boxes: [box(4, side: 10), box(12, side: 10)], labels: [1, 7]),
        GroundTruth(boxes: [], labels: []),
        GroundTruth(
          boxes: [box(0, side: 10), box(16, side: 10)], labels: [3, 1],
          ignoredRegions: [box(8, side: 10)]),
      ])
    #expect(
      batch.images.map(\.proposals) == [
        [box(100, side: 0), box(104, side: 0)], [],
        [box(108, side: 0), box(112, side: 0), box(116, side: 0)],
      ])
    #expect(batch.recordedSamples == ["rpn": [false, true, true], "rcnn": [true, false]])
    #expect(throws: Never.self) { try batch.check() }
  }

  @Test func `a safetensors file holds them`() throws {
    check(try DetectionBatch(try safetensors(Self.bundle())))
  }

  @Test func `so does a folder of npy files`() throws {
    let source = try npyFolder(Self.bundle())
    #expect(source is NpyFolder)
    #expect(source.names.count == 11)
    check(try DetectionBatch(source))
  }

  @Test func `one image needs no image indices`() throws {
    let batch = try DetectionBatch(
      try safetensors([
        ("image_sizes", .int64(try Tensor(shape: [1, 2], elements: [480, 640]))),
        ("gt_boxes", .float32(try tensor([2, 4]) { Float($0) })),
        ("gt_labels", .int64(Tensor([1, 2]))),
        ("proposals", .float32(try tensor([1, 4]) { Float($0) })),
      ]))
    #expect(batch.images[0].groundTruth.labels == [1, 2])
    #expect(batch.images[0].proposals == [Box(0, 1, 2, 3)])
    #expect(batch.recordedSamples.isEmpty)
  }

  @Test func `images may be padded to sizes that nobody knows`() throws {
    let tensors = try Self.bundle().filter { $0.name != "padded_sizes" }
    let batch = try DetectionBatch(try safetensors(tensors))
    #expect(batch.images.map(\.paddedSize) == [nil, nil, nil])
  }

  @Test func `without proposals there are none, which isn't an empty list`() throws {
    let tensors = try Self.bundle().filter { !$0.name.hasPrefix("proposals") }
    let batch = try DetectionBatch(try safetensors(tensors))
    #expect(batch.images.map(\.proposals) == [nil, nil, nil])
  }

  @Test func `images without objects have no rows`() throws {
    let batch = try DetectionBatch(
      try safetensors([
        ("image_sizes", .int64(try Tensor(shape: [2, 2], elements: [4, 6, 8, 9]))),
        ("gt_boxes", .float32(try Tensor(shape: [0, 4], elements: []))),
        ("gt_labels", .int64(Tensor([]))),
      ]))
    #expect(batch.images.map(\.groundTruth.boxes) == [[], []])
  }

  struct Change: Sendable, CustomTestStringConvertible {
    let name: String
    /// What stands in the place of the tensor; nothing where it is left out.
    let tensor: AnyTensor?
    let message: String
    var testDescription: String { message }

    init(_ name: String, _ tensor: AnyTensor?, _ message: String) {
      self.name = name
      self.tensor = tensor
      self.message = message
    }
  }

  private static let notIntegers =
    "where integers were expected: one of I8, I16, I32, I64, U8, U16, U32, U64, BOOL; save it as I64, "
    + "or read it as floats"

  private static func zeros(_ shape: Int...) -> AnyTensor {
    .float32((try? Tensor(repeating: 0, shape: shape)) ?? Tensor([]))
  }

  private static func integers(_ shape: Int...) -> AnyTensor {
    .int64((try? Tensor(repeating: 0, shape: shape)) ?? Tensor([]))
  }

  static let changes = [
    Change(
      "image_sizes", integers(3, 3), "image_sizes has shape [3, 3]; expected [images, 2]"),
    Change(
      "padded_sizes", integers(2, 2), "padded_sizes has shape [2, 2]; expected [3, 2], one an image"
    ),
    Change("image_sizes", integers(6), "image_sizes has shape [6]; expected [images, 2]"),
    Change("image_sizes", zeros(3, 2), "tensor \"image_sizes\" has dtype F32, \(notIntegers)"),
    Change("gt_boxes", zeros(5, 5), "gt_boxes has shape [5, 5]; expected [objects, 4]"),
    Change("gt_boxes", zeros(20), "gt_boxes has shape [20]; expected [objects, 4]"),
    Change("gt_labels", integers(4), "gt_labels has shape [4]; expected [5], one a box"),
    Change("gt_labels", integers(5, 1), "gt_labels has shape [5, 1]; expected [5], one a box"),
    Change("gt_labels", zeros(5), "tensor \"gt_labels\" has dtype F32, \(notIntegers)"),
    Change("gt_ignore", integers(6), "gt_ignore has shape [6]; expected [5], one a box"),
    Change("gt_ignore", zeros(5), "tensor \"gt_ignore\" has dtype F32, \(notIntegers)"),
    Change("gt_image", integers(6), "gt_image has shape [6]; expected [5], one a box"),
    Change(
      "gt_image", .int64(Tensor([0, 1, 2, 3, 0])),
      "gt_image row 3 names image 3; image_sizes has 3, counted from 0"),
    Change(
      "gt_image", .int64(Tensor([0, -1, 2, 3, 0])),
      "gt_image row 1 names image -1; image_sizes has 3, counted from 0"),
    Change(
      "gt_image", nil,
      "has 3 images but no gt_image to say which image each row belongs to"),
    Change("proposals", zeros(5, 3), "proposals has shape [5, 3]; expected [proposals, 4]"),
    Change(
      "proposals_image", integers(4), "proposals_image has shape [4]; expected [5], one a box"),
    Change(
      "proposals_image", .int64(Tensor([0, 1, 2, 1, 2])),
      "proposals_image row 3 goes back to image 1; order the proposals, and the predictions for them, "
        + "by image"),
    Change(
      "proposals_image", .int64(Tensor([0, 1, 2, 2, 5])),
      "proposals_image row 4 names image 5; image_sizes has 3, counted from 0"),
    Change(
      "proposals_image", nil,
      "has 3 images but no proposals_image to say which image each row belongs to"),
    Change(
      "rpn.sampled", integers(3, 1),
      "rpn.sampled has shape [3, 1]; expected [priors], images outermost"),
    Change("rpn.sampled", zeros(3), "tensor \"rpn.sampled\" has dtype F32, \(notIntegers)"),
    Change(
      "gt_labels", nil,
      "has no tensor \"gt_labels\"; it holds \"image_sizes\", \"padded_sizes\", \"gt_boxes\", \"gt_image\", "
        + "\"gt_ignore\", \"proposals\", \"proposals_image\", \"rpn.sampled\", \"rcnn.sampled\", "
        + "\"scores\""),
  ]

  @Test(arguments: changes) func `errors say what was expected`(change: Change) throws {
    let tensors = try Self.bundle().compactMap { name, tensor in
      name == change.name ? change.tensor.map { (name: name, tensor: $0) } : (name, tensor)
    }
    let source = try safetensors(tensors)
    #expect(throws: BundleError(file: source.path, message: change.message)) {
      try DetectionBatch(source)
    }
  }

  @Test func `an error in a folder names the file`() throws {
    _ = try npyFolder(Self.bundle())
    let path = folder.path("bundle/gt_image.npy")
    try NpyFile.write(Self.zeros(5), to: path)
    let source = try openBundle(folder.path("bundle"))
    #expect(
      throws: BundleError(
        file: path, message: "the array has dtype F32, \(Self.notIntegers)")
    ) { try DetectionBatch(source) }
  }

  @Test func `predictions are read by name`() throws {
    let source = try safetensors(Self.bundle())
    let predictions = try source.predictions(["scores", "gt_boxes"])
    #expect(predictions.keys.sorted() == ["gt_boxes", "scores"])
    #expect(predictions["scores"] == Tensor([1.5]))
    #expect {
      try source.predictions(["scores", "score"])
    } throws: { error in
      "\(error)".contains("has no tensor \"score\" (did you mean \"scores\"?); it holds ")
    }
  }

  /// The time is that of one look at each.
  @Test func `as many images as objects`() throws {
    let count = 100_000
    let images = (0..<count).map { ($0 * 7919) % count }
    let source = try safetensors([
      ("image_sizes", .int64(try Tensor(repeating: 100, shape: [count, 2]))),
      ("gt_boxes", .float32(try tensor([count, 4]) { Float($0 / 4 + $0 % 4) })),
      ("gt_labels", .int64(Tensor((0..<count).map { $0 + 1 }))),
      ("gt_image", .int64(Tensor(images))),
    ])
    let batch = try DetectionBatch(source)
    #expect(batch.images.count == count)
    #expect(images.indices.allSatisfy { batch.images[images[$0]].groundTruth.labels == [$0 + 1] })
  }
}
