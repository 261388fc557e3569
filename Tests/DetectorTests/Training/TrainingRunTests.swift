import Detector
import Foundation
import LossKit
import TestSupport
import Testing

struct TrainingRunTests {
  private struct Interruption: Error {}

  /// Runs to the end, or until so many lines were logged.
  private func run(
    _ folder: String, recipe: [String] = [], model: [String] = [], seed: UInt64 = 4,
    threads: Int = 1, tensorBoard: String? = nil, interruptedAfter lines: Int = .max
  ) throws -> [TrainingRun.Event] {
    var run = try TrainingRun(
      in: folder, recipe: try SmallTraining.recipe("reference_detector_sigmoid", recipe),
      model: try SmallTraining.model(["training.steps=8"] + model),
      data: try SmallTraining.scenes(), validation: try SmallTraining.scenes(.heldOut, count: 3),
      seed: seed, tensorBoard: tensorBoard, engine: Engine(workers: Workers(threads)))
    var events: [TrainingRun.Event] = []
    do {
      try run.run { event in
        events.append(event)
        if case .steps = event, events.count >= lines { throw Interruption() }
      }
    } catch is Interruption {}
    return events
  }

  /// The lengths of the records of an event file, which fill it.
  private func records(_ folder: String, _ name: String) throws -> [Int] {
    var rest = try bytes(folder, name)[...]
    var lengths: [Int] = []
    while rest.count >= 16 {
      let length = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      lengths.append(length)
      rest = rest.dropFirst(16 + length)
    }
    #expect(rest.isEmpty)
    return lengths
  }

  @Test func eventsOfARunThatWasInterrupted() throws {
    let folder = try TemporaryFolder()
    let (path, events) = (folder.path("run"), folder.path("events"))
    _ = try run(path, tensorBoard: events, interruptedAfter: 3)
    let first = try bytes(events, "events.out.tfevents.000001")
    let parameters = try bytes(events, "events.out.tfevents.0.hparams")
    _ = try run(path, tensorBoard: events)
    _ = try run(path, tensorBoard: events)
    #expect(
      Set(try FileManager.default.contentsOfDirectory(atPath: events)) == [
        "events.out.tfevents.0.hparams", "events.out.tfevents.000001", "events.out.tfevents.000002",
      ], "a training that is complete tells nothing more")
    #expect(try bytes(events, "events.out.tfevents.000001") == first)
    #expect(try bytes(events, "events.out.tfevents.0.hparams") == parameters)
    #expect(parameters.firstRange(of: Data("training.rate".utf8)) != nil)
    // Version and restart, numbers and histograms at steps 4, 6 and 8, metrics and images.
    let lengths = try records(events, "events.out.tfevents.000002")
    #expect(lengths.count == 2 + 2 * 3 + 2 && lengths[9] > 1000)
    let text = try bytes(events, "events.out.tfevents.000002")
    for tag in ["gradients/rpn.rpn_cls", "terms/rcnn.rcnn_box", "AP50", "images/2"] {
      #expect(text.firstRange(of: Data(tag.utf8)) != nil, "\(tag)")
    }
    let plain = folder.path("plain")
    _ = try run(plain)
    #expect(
      try bytes(plain, "checkpoint.safetensors") == bytes(path, "checkpoint.safetensors"))
  }

  private func bytes(_ folder: String, _ name: String) throws -> Data {
    try Data(contentsOf: URL(filePath: folder).appending(path: name))
  }

  /// The log without the speed, which no two runs share.
  private func log(_ folder: String) throws -> [String] {
    String(decoding: try bytes(folder, "metrics.jsonl"), as: UTF8.self)
      .split(separator: "\n").map { line in
        String(line.prefix { _ in true }.split(separator: ",\"images_per_second\"")[0])
      }
  }

  /// A term that remembers what it was divided by.
  private static let runningMean =
    #"stages.rcnn.terms.rcnn_box.normalizer={"by":"sampled","floor":1,"running_mean":{"initial":4}}"#

  /// Losses that remember.
  private static let seesaw = [
    #"stages.rcnn.terms.rcnn_cls.loss="seesaw""#, #"stages.rcnn.terms.rcnn_cls.background="last""#,
  ]
  private static let harmonized = #"stages.rpn.terms.rpn_cls.loss={"type":"ghm_c","momentum":0.5}"#

  @Test(arguments: [[], [runningMean], seesaw + [harmonized]])
  func `interrupted or not, on one thread or two, the bits are the same`(recipe: [String]) throws {
    let folder = try TemporaryFolder()
    let (whole, parts) = (folder.path("whole"), folder.path("parts"))
    _ = try run(whole, recipe: recipe, model: ["training.evaluate_every=5"])
    // After 3 steps there is a checkpoint; what came after it is done again.
    for lines in [1, 3, 4] {
      _ = try run(
        parts, recipe: recipe, model: ["training.evaluate_every=5"], threads: 2,
        interruptedAfter: lines)
      // As an editor or a full disk may leave it.
      try Data(try bytes(parts, "metrics.jsonl") + #"{"step":3,"lo"#.utf8)
        .write(to: URL(filePath: "\(parts)/metrics.jsonl"))
    }
    _ = try run(parts, recipe: recipe, model: ["training.evaluate_every=5"], threads: 2)
    let names = [
      "checkpoint.safetensors", "recipe.json", "model.json", "detections.json", "evaluation.json",
      "sample_0.png",
      "sample_1.png", "sample_2.png",
    ]
    for name in names { #expect(try bytes(whole, name) == bytes(parts, name), "\(name)") }
    #expect(try log(whole) == log(parts))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: whole).sorted()
        == (names + [".lock", "metrics.jsonl"]).sorted())
  }

  @Test func `one training at a time writes in a folder`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("run")
    func begin(seed: UInt64) throws -> TrainingRun {
      try TrainingRun(
        in: path, recipe: try SmallTraining.recipe(), model: try SmallTraining.model(),
        data: try SmallTraining.scenes(), validation: nil, seed: seed)
    }
    let first = try begin(seed: 4)
    #expect {
      _ = try begin(seed: 5)
    } throws: {
      "\($0)"
        == "\(path): another training runs in this folder; wait until it has ended, or name another one "
        + "with --out"
    }
    _ = consume first
    _ = try begin(seed: 5)
  }

  @Test func `a checkpoint without what a loss remembers is refused`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("run")
    _ = try run(path, recipe: [Self.harmonized], interruptedAfter: 4)
    let file = try SafetensorsFile(contentsOf: "\(path)/checkpoint.safetensors")
    var metadata = file.metadata
    metadata["loss_state"] = nil
    let tensors = try file.names.map { ($0, AnyTensor.float32(try file.floats(named: $0))) }
    try SafetensorsFile.write(tensors, metadata: metadata, to: "\(path)/checkpoint.safetensors")
    let error = #expect(throws: (any Error).self) { try run(path, recipe: [Self.harmonized]) }
    #expect(
      error.map { "\($0)" }?.contains(
        "has 0 numbers that the loss of rpn.rpn_cls remembers; ghm_c remembers 10") == true)
  }

  @Test(arguments: [
    "weights.backbone.0.weight", "averages.backbone.1.variance",
    "optimizer.second.backbone.0.shift",
  ])
  func `a checkpoint with a number that isn't finite is refused`(name: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("run")
    _ = try run(path, interruptedAfter: 4)
    let file = try SafetensorsFile(contentsOf: "\(path)/checkpoint.safetensors")
    let tensors = try file.names.map { other in
      var tensor = try file.floats(named: other)
      if other == name {
        var elements = tensor.elements
        elements[elements.count - 1] = .nan
        tensor = try Tensor(shape: tensor.shape, elements: elements)
      }
      return (other, AnyTensor.float32(tensor))
    }
    try SafetensorsFile.write(
      tensors, metadata: file.metadata, to: "\(path)/checkpoint.safetensors")
    func isNamed(_ error: any Error) -> Bool {
      "\(error)".contains("tensor \"\(name)\" has a number that isn't finite")
    }
    #expect {
      try run(path)
    } throws: { isNamed($0) }
    if !name.hasPrefix("optimizer") {
      #expect {
        try TrainedModel(in: path, registry: try .builtIn())
      } throws: { isNamed($0) }
    }
  }

  @Test func `the log tells every term, and what was measured`() throws {
    let folder = try TemporaryFolder()
    _ = try run(folder.path("run"))
    let lines = try log(folder.path("run"))
    #expect(lines.count == 6, "steps 2, 3, 4, 6 and 8, and the evaluation")
    let line = try JSONNode(parsing: Array("\(lines[0])}".utf8), file: "log")
    let names = ["rpn.rpn_cls", "rpn.rpn_box", "rcnn.rcnn_cls", "rcnn.rcnn_box"]
    for group in ["terms", "gradient_norms"] {
      #expect(line[group]?.members.map(\.key) == names)
    }
    #expect(line["positives"]?.members.map(\.key) == ["rpn", "rcnn"])
    #expect(line["step"] == 2)
    #expect(lines[5].hasPrefix("{\"step\":8,\"AP\":"))
    #expect(lines[5].contains("\"RPN_recall\":") && lines[5].contains("\"AP/disc\":"))
  }

  @Test func `a complete run is left as it is`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("run")
    _ = try run(path)
    let before = try bytes(path, "checkpoint.safetensors")
    let events = try run(path)
    guard case .complete? = events.first, events.count == 1 else {
      Issue.record("\(events)")
      return
    }
    #expect(try bytes(path, "checkpoint.safetensors") == before)
  }

  @Test func `a folder of another training is refused`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("run")
    _ = try run(path, interruptedAfter: 3)
    let expected = "; name another folder with --out"
    #expect(
      throws: TrainingError("\(path): belongs to a training with seed 4, not 5\(expected)")
    ) { try run(path, seed: 5) }
    #expect(
      throws: TrainingError(
        "\(path): belongs to a training with another recipe\(expected), or remove this one")
    ) { try run(path, recipe: ["stages.rpn.terms.rpn_box.weight=2"]) }
    #expect(
      throws: TrainingError(
        "\(path): belongs to a training with another model file\(expected), or remove this one")
    ) { try run(path, model: ["training.rate=0.002"]) }
  }

  /// A data set of two images, whose only difference from another may be a name, a pixel or a box.
  private func cells(
    _ folder: TemporaryFolder, _ change: (inout SmallCOCO) -> Void = { _ in }
  ) throws -> String {
    var coco = SmallCOCO()
    change(&coco)
    return try coco.write(to: folder)
  }

  private func run(
    _ folder: String, on data: String, validation: String? = nil
  ) throws -> [TrainingRun.Event] {
    var run = try TrainingRun(
      in: folder, recipe: try SmallTraining.recipe(),
      model: try SmallTraining.model(["training.steps=1"]), data: try COCODataSet(data),
      validation: try validation.map { try COCODataSet($0) }, seed: 4)
    var events: [TrainingRun.Event] = []
    try run.run { events.append($0) }
    return events
  }

  @Test func `other data is another training`() throws {
    let folder = try TemporaryFolder()
    let data = try cells(folder)
    let path = folder.path("run")
    _ = try run(path, on: data)
    // The same elsewhere.
    let other = try TemporaryFolder()
    guard case .complete? = try run(path, on: try cells(other)).first else {
      Issue.record("the same data isn't known")
      return
    }
    func expectOther(_ data: String) throws {
      #expect {
        try run(path, on: data)
      } throws: {
        "\($0)".hasPrefix("\(path): belongs to a training with other data: 2 images of digest ")
      }
    }
    // One object moved by less than a pixel.
    try expectOther(
      try cells(other) {
        $0.annotations[0] =
          #"{"id": 1, "image_id": 7, "category_id": 9, "bbox": [1.25, 2, 10, 20], "area": 150.5}"#
      })
    // The images in another order.
    try expectOther(try cells(other) { $0.images.reverse() })
    // One pixel.
    let same = try cells(other)
    var pixels = SmallCOCO.pixels(20, 10, "P5")
    pixels[pixels.count - 1] &+= 1
    try other.write(pixels, to: "b.pgm")
    try expectOther(same)
    #expect {
      try run(path, on: data, validation: data)
    } throws: { "\($0)".contains("with other validation data: none, not 2 images of digest ") }
  }

  @Test func `a name of a class may hold anything`() throws {
    let folder = try TemporaryFolder()
    let data = try cells(folder) {
      $0.categories = [
        #"{"id": 9, "name": "dog\nor wolf"}"#, #"{"id": 2, "name": "\u001B[31mcat\u2028"}"#,
      ]
    }
    let path = folder.path("run")
    _ = try run(path, on: data)
    let model = try TrainedModel(in: path, registry: try .builtIn())
    #expect(model.classNames == ["\u{1B}[31mcat\u{2028}", "dog\nor wolf"])
    guard case .complete? = try run(path, on: data).first else {
      Issue.record("the classes aren't known again")
      return
    }
  }

  /// What the metadata of a checkpoint may say, which anybody may have written.
  @Test(arguments: [
    ["step": "-1"], ["step": "-9223372036854775808"], ["step": "9223372036854775807"],
    ["step": "10000001"], ["step": "1e3"], ["step": ""], ["seed": "-1"],
    ["seed": "18446744073709551616"], ["classes": "dog"], ["classes": "[1]"], ["classes": "[]"],
    ["format": "losskit reference detector 1"],
  ])
  func `a checkpoint of impossible numbers is refused`(_ change: [String: String]) throws {
    let folder = try TemporaryFolder()
    let data = try cells(folder)
    let path = folder.path("run")
    _ = try run(path, on: data)
    let file = "\(path)/checkpoint.safetensors"
    let old = try SafetensorsFile(contentsOf: file)
    try SafetensorsFile.write(
      try old.names.map { ($0, .float32(try old.floats(named: $0))) },
      metadata: old.metadata.merging(change) { $1 }, to: file)
    #expect(throws: (any Error).self) { try TrainedModel(in: path, registry: try .builtIn()) }
    #expect(throws: (any Error).self) { try run(path, on: data) }
  }

  @Test func `weights that the last step spoils aren't kept`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("run")
    var run = try TrainingRun(
      in: path, recipe: try SmallTraining.recipe(),
      model: try SmallTraining.model([
        "training.steps=1", "training.rate=1e300", "training.warmup_steps=0",
        "training.schedule=constant",
      ]), data: try SmallTraining.scenes(), validation: nil, seed: 4)
    #expect {
      try run.run { _ in }
    } throws: { "\($0)".hasPrefix("step 1: \"") && "\($0)".contains("is no longer finite") }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: path).sorted() == [
        ".lock", "model.json", "recipe.json",
      ])
  }

  /// As a sweep does that goes on with a trial.
  @Test func `a model file without the defaults is the same training`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("run")
    _ = try run(path, interruptedAfter: 3)
    let model = try bytes(path, "model.json")
    let full = try JSONNode(parsing: [UInt8](model), file: "model.json")
    let flip: JSONPath = ["training", "horizontal_flip"]
    #expect(full[flip] == true, "the default")
    let partial = full.merging(patch: ["training": ["horizontal_flip": .null]])
    try Data(try partial.text().utf8).write(to: URL(filePath: "\(path)/model.json"))
    let events = try run(path)
    guard case .resumed? = events.first else {
      Issue.record("\(events)")
      return
    }
    #expect(try bytes(path, "model.json") == model, "all defaults are in it again")
  }

  @Test func `a trained model finds what its evaluation found`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("run")
    let events = try run(path)
    guard case .evaluated(_, let evaluation)? = events.last else {
      Issue.record("\(events)")
      return
    }
    var model = try TrainedModel(in: path, registry: try .builtIn())
    let scenes = try SmallTraining.scenes(.heldOut, count: 3)
    let images = try (0..<3).map { try scenes.example($0).image }
    #expect(try model.detect(on: images) == evaluation.detections)
    #expect(model.classNames == scenes.classNames)
  }

  @Test func `a loss that isn't finite ends the run, and the batch is saved`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("run")
    let failure = #expect(throws: TrainingError.self) {
      try run(
        path,
        model: [
          "training.rate=1e30", "training.warmup_steps=0", "training.schedule=constant",
          "training.optimizer=sgd",
        ])
    }
    let text = try #require(failure).description
    #expect(text.contains("failure.safetensors"))
    let bundle = try SafetensorsFile(contentsOf: "\(path)/failure.safetensors")
    let batch = try DetectionBatch(bundle)
    try batch.check()
    let recipe = try DetectionRecipe(
      contentsOf: "\(path)/failure_recipe.json", registry: try .builtIn())
    // The first stage fails, so that there are no predictions of the second.
    #expect(recipe.objective.stages.map(\.name) == ["rpn"])
    let again = #expect(throws: InputError.self) {
      let predictions = try bundle.predictions(recipe.objective.predictionNames)
      let targets = try recipe.objective.targets(for: batch, predictions: predictions)
      _ = try recipe.objective.evaluate(predictions, against: targets)
    }
    // Of several predictions that aren't, the one that is looked at first.
    #expect(try #require(again).description.hasPrefix("prediction \"rpn_"))
    #expect(try #require(again).description.hasSuffix(" is not finite"))
    #expect(text.hasPrefix("step 2: prediction \"rpn_") && text.contains(" is not finite (scene"))
  }
}
