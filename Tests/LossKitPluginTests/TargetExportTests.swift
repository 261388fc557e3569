import LossKernels
import LossKit
import LossKitPlugin
import PluginABI
import Testing

@testable import PluginLoader

/// Assigners, samplers and row weights in Swift, through a plugin's table and back.
@Suite struct TargetExportTests {
  private func registry(_ table: PluginTable) throws -> Registry {
    var registry = Registry()
    try registry.register(PluginLibrary(table, ofLibraryAt: "mine.so", named: "mine.so"))
    return registry
  }

  /// Squares of side 8 and 16 on two levels, some objects on whole pixels, and a region.
  private func request(
    seed: UInt64, costs: [WeightedMatchCost] = []
  ) throws -> AssignmentRequest {
    let stream = RandomStream(seed: seed, name: "scene")
    func box(_ index: Int) -> Box {
      let numbers = (0..<4).map { Float(Int(stream.uniform(4 * index + $0) * 24)) }
      return Box(
        numbers[0], numbers[1], numbers[0] + numbers[2] + 4, numbers[1] + numbers[3] + 4)
    }
    func squares(_ side: Int, _ count: Int) -> [Box] {
      (0..<count * count).map { cell in
        let (x, y) = (Float(cell % count * side), Float(cell / count * side))
        return Box(x, y, x + Float(side), y + Float(side))
      }
    }
    let boxes = squares(8, 6) + squares(16, 3)
    return AssignmentRequest(
      priors: try Priors(
        boxes, levels: [.init(count: 36, stride: 8), .init(count: 9, stride: 16)]),
      groundTruth: GroundTruth(
        boxes: (0..<3).map(box), labels: [1, 5, 2], ignoredRegions: [box(3)]),
      imageSize: ImageSize(height: 48, width: 48), step: 7,
      predictions: StagePredictions(
        scores: (0..<90).map { Float(stream.uniform(100 + $0)) }, boxes: boxes),
      costs: costs, wants: [.overlaps, .quality])
  }

  @Test(arguments: UInt64(0)..<8)
  func theyGiveTheSameAsWithoutATable(seed: UInt64) throws {
    let types: [any Assigner.Type] = [
      MaxIoUAssigner.self, FCOSAssigner.self, ATSSAssigner.self, HungarianAssigner.self,
      EverythingAssigner.self,
    ]
    let costs: [any MatchCost.Type] = [FocalCost.self, L1Cost.self, GIoUCost.self]
    let registry = try registry(
      PluginExport.table(
        "mine", assigners: types, matchCosts: costs,
        samplers: [RandomSampler.self, RecordedSampler.self, OHEMSampler.self],
        rowWeights: [CenternessWeight.self, SampledWeight.self]))
    // The costs of each kind, with our names and weights.
    func requestWith(_ make: (any MatchCost.Type) throws -> any MatchCost) throws
      -> AssignmentRequest
    {
      try self.request(
        seed: seed,
        costs: costs.enumerated().map { index, type in
          WeightedMatchCost(
            name: "\(index)", cost: try make(type), weight: Double(index) + 0.7)
        })
    }
    let request = try requestWith { try $0.init() }
    let theirRequest = try requestWith { type in
      try #require(registry.costs["mine/\(type.declaration.name)"]).make([:])
    }
    for object in request.groundTruth.boxes.indices {
      let priors = [0, 44, 7]
      #expect(
        try theirRequest.costs(of: priors, with: object) == request.costs(of: priors, with: object))
    }
    for type in types {
      let entry = try #require(registry.assigners["mine/\(type.declaration.name)"])
      #expect(entry.declaration.parameters.map(\.name) == type.declaration.parameters.map(\.name))
      let (theirs, ours) = (try entry.make([:]), try type.init())
      #expect(theirs.reads == ours.reads && theirs.gives == ours.gives)
      #expect(
        try theirs.assign(theirRequest, workers: Workers(3))
          == ours.assign(request, workers: Workers(1))
      )
    }

    let fcos = try FCOSAssigner().assign(request)
    let assignment = Assignment(
      matches: fcos.matches, overlaps: fcos.matches.map { Float($0 + 2) / 8 },
      quality: fcos.matches.map { $0 < 0 ? 0 : 0.25 })
    let sampling = SampleRequest(
      stage: "dense", image: 2, step: 3, recorded: assignment.matches.map { $0 > 0 },
      rowLosses: request.predictions.scores.prefix(45).map { 2 * $0 })
    #expect(
      try registry.samplers["mine/ohem"]?.make(["count": 9]).sample(assignment, sampling)
        == OHEMSampler(["count": 9]).sample(assignment, sampling))
    let sampler = try #require(registry.samplers["mine/random"]).make(["count": 9, "seed": 5])
    let sample = try RandomSampler(["count": 9, "seed": 5]).sample(assignment, sampling)
    #expect(try sampler.sample(assignment, sampling) == sample && !sample.negatives.isEmpty)
    #expect(
      try registry.samplers["mine/recorded"]?.make([:]).sample(assignment, sampling)
        == RecordedSampler().sample(assignment, sampling))

    let image = try MatchedPriors(
      request.priors, request.groundTruth, assignment, Sample(everyPriorOf: assignment),
      coder: DeltaBoxCoder()
    ).reading(request.predictions)
    for ours in [try CenternessWeight() as any RowWeight, try SampledWeight()] {
      let entry = try #require(registry.rowWeights["mine/\(ours.declaration.name)"])
      let theirs = try entry.make([:])
      #expect(theirs.scope == ours.scope && theirs.reads == ours.reads)
      #expect(try theirs.weights(for: image) == ours.weights(for: image))
    }
  }

  private func problem(_ body: () throws -> Void) throws -> String? {
    do {
      try body()
      return nil
    } catch let error as InputError {
      return error.problem
    }
  }

  @Test func tooFewMatches() throws {
    let registry = try registry(PluginExport.table("mine", assigners: [FewAssigner.self]))
    let assigner = try #require(registry.assigners["mine/few"]).make([:])
    #expect(
      try problem { _ = try assigner.assign(request(seed: 1), workers: Workers(1)) }
        == "fails: few: gives 2 matches; expected one for each of 45 priors")
  }

  @Test(arguments: [
    ("twice", "samples prior 0 twice; expected it once"),
    ("unmatched", "samples prior 1 of 3 as positive, which it isn't"),
    ("ignored", "samples prior 2 of 3 as background, which it isn't"),
    ("beyond", "samples prior 3 of 3 as background, which it isn't"),
    ("before", "samples prior -1 of 3 as positive, which it isn't"),
  ])
  func aSampleThatCanNotBe(kind: String, expected: String) throws {
    let registry = try registry(PluginExport.table("mine", samplers: [WrongSampler.self]))
    let sampler = try #require(registry.samplers["mine/wrong"]).make(["kind": .string(kind)])
    #expect(
      try problem {
        _ = try sampler.sample(Assignment(matches: [0, -1, -2]), SampleRequest(stage: "rpn"))
      } == "fails: wrong: \(expected)")
  }

  @Test func tooFewWeights() throws {
    let registry = try registry(PluginExport.table("mine", rowWeights: [FewWeight.self]))
    let weight = try #require(registry.rowWeights["mine/few"]).make([:])
    let image = try MatchedPriors(
      Priors([Box(0, 0, 8, 8)]), GroundTruth(boxes: [Box(0, 0, 8, 8)], labels: [1]),
      Assignment(matches: [0]), Sample(positives: [0], negatives: []), coder: DeltaBoxCoder())
    #expect(
      try problem { _ = try weight.weights(for: image) }
        == "fails: few: gives 0 weights; expected one for each of 1 rows")
  }

  /// What the table says of a type must hold for all of it.
  @Test func whatDependsOnParametersIsRefused() throws {
    let registry = try registry(PluginExport.table("mine", assigners: [SometimesReading.self]))
    let entry = try #require(registry.assigners["mine/sometimes"])
    #expect(throws: Never.self) { try entry.make([:]) }
    let error = #expect(throws: ParameterErrors.self) { try entry.make(["reads": true]) }
    #expect(error?.description.contains("give every parameter a default") == true)
  }
}

private func declaration(
  _ name: String, _ parameters: [any DeclaredParameter] = []
) -> Declaration {
  Declaration(
    name: name, summary: "A test.", formula: "x", source: "A test", parameters: parameters)
}

/// Reads everything that there is to read.
private struct EverythingAssigner: Assigner {
  static let declaration = LossKitPluginTests.declaration("everything")
  init(parameters: Parameters) {}
  var reads: Set<StageInput> { [.strides, .scores, .boxes, .costs] }
  var gives: Set<StageInput> { [.overlaps, .quality] }

  func assign(_ request: AssignmentRequest, workers: Workers) throws(InputError) -> Assignment {
    guard request.predictions.scores.count == 2 * request.priors.count,
      request.predictions.boxes == request.priors.boxes, request.step == 7,
      request.imageSize == ImageSize(height: 48, width: 48),
      request.groundTruth.labels == [1, 5, 2]
    else { throw InputError("request", "isn't what was given") }
    let priors = Array(request.priors.boxes.indices)
    return Assignment(
      matches: priors.map {
        request.predictions.scores[2 * $0] > 0.5 ? 2 : Assignment.background
      }, overlaps: try request.costs(of: priors, with: 1).map { abs($0) },
      quality: try request.costs(of: priors, with: 0).map { abs($0) })
  }
}

private struct FewAssigner: Assigner {
  static let declaration = LossKitPluginTests.declaration("few")
  init(parameters: Parameters) {}

  func assign(_ request: AssignmentRequest, workers: Workers) -> Assignment {
    Assignment(matches: [0, 0])
  }
}

private struct SometimesReading: Assigner {
  static let reading = Parameter("reads", .boolean, default: false, help: "Whether it reads.")
  static let declaration = LossKitPluginTests.declaration("sometimes", [reading])
  let reads: Set<StageInput>
  init(parameters: Parameters) { reads = parameters[Self.reading] ? [.scores] : [] }

  func assign(_ request: AssignmentRequest, workers: Workers) -> Assignment {
    Assignment(matches: [])
  }
}

private struct WrongSampler: Sampler {
  static let kind = Parameter("kind", .string, help: "What is wrong.")
  static let declaration = LossKitPluginTests.declaration("wrong", [kind])
  let kind: String
  init(parameters: Parameters) { kind = parameters[Self.kind] }

  func sample(_ assignment: Assignment, _ request: SampleRequest) -> Sample {
    switch kind {
    case "twice": Sample(positives: [0, 0], negatives: [])
    case "unmatched": Sample(positives: [1], negatives: [])
    case "ignored": Sample(positives: [], negatives: [2])
    case "beyond": Sample(positives: [], negatives: [3])
    default: Sample(positives: [-1], negatives: [])
    }
  }
}

/// The label and the priors' place, so that all of an image is read.
private struct SampledWeight: RowWeight {
  static let declaration = LossKitPluginTests.declaration("sampled")
  init(parameters: Parameters) {}
  var scope: RowScope { .sampled }
  var reads: Set<StageInput> { [.scores, .boxes, .overlaps, .quality] }

  func weights(for image: MatchedPriors) -> [Float] {
    let target = image.boxTargets.reduce(Float(0)) { $0 + abs($1.x) + abs($1.w) }
    return zip(image.sampled, image.classes).map { (prior, label) -> Float in
      target + Float(label) + image.priors.boxes[prior].x2 + Float(image.priors.levels.count)
        + Float(image.assignment.matches[prior]) + 8 * image.assignment.overlaps[prior]
        + image.assignment.quality[prior] + image.predictions.scores[2 * prior]
        + image.predictions.boxes[prior].y1
    }
  }
}

private struct FewWeight: RowWeight {
  static let declaration = LossKitPluginTests.declaration("few")
  init(parameters: Parameters) {}
  var scope: RowScope { .positives }
  func weights(for image: MatchedPriors) -> [Float] { [] }
}
