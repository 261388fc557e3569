import LossKernels
import LossKit
import TestSupport
import Testing

/// Assigners, samplers and row weights of a plugin: what they see, and what is made of what they say.
@Suite(
  .enabled(if: PluginBuilding.compiler != nil, Comment(rawValue: PluginBuilding.withoutCompiler)))
struct TargetTests {
  /// The plugin, with `text` in place of a comment in its source, or of any other text.
  private func registry(_ place: String = "", _ text: String = "") throws -> Registry {
    try registry(of: place.isEmpty ? TargetPlugin.source : try source(place, text))
  }

  /// In a folder of its own: a library at a known path isn't loaded again.
  private func registry(of source: String) throws -> Registry {
    try Registry(plugin: source, in: try TemporaryFolder())
  }

  private func source(_ place: String, _ text: String) throws -> String {
    try #require(TargetPlugin.source.contains(place))
    return TargetPlugin.source.replacing(place, with: text)
  }

  /// Five squares of side 8 in a row and one of side 16, two objects, and a region that is ignored.
  private static let boxes = [
    Box(0, 0, 8, 8), Box(8, 0, 16, 8), Box(16, 0, 24, 8), Box(24, 0, 32, 8), Box(32, 0, 40, 8),
    Box(0, 0, 16, 16),
  ]
  private static let groundTruth = GroundTruth(
    boxes: [Box(1, 1, 15, 9), Box(16, 0, 32, 10)], labels: [3, 7],
    ignoredRegions: [Box(33, 0, 40, 8)])
  private static let matches: [Int32] = [0, 0, 1, 1, Assignment.ignored, 0]

  private func priors() throws -> Priors {
    try Priors(
      Self.boxes, levels: [.init(count: 5, stride: 8), .init(count: 1, stride: nil)])
  }

  private func assign(
    _ registry: Registry, _ values: [String: ParameterValue] = [:],
    _ groundTruth: GroundTruth = groundTruth,
    predictions: StagePredictions = StagePredictions()
  ) throws -> [Int32] {
    try #require(registry.assigners["targets/inside"]).make(values).assign(
      AssignmentRequest(
        priors: priors(), groundTruth: groundTruth, imageSize: ImageSize(height: 20, width: 50),
        step: 9, predictions: predictions), workers: Workers(2)
    ).matches
  }

  private func sample(
    _ registry: Registry, _ values: [String: ParameterValue] = [:], recorded: [Bool]? = nil
  ) throws -> Sample {
    try #require(registry.samplers["targets/first"]).make(values).sample(
      Assignment(matches: [0, -1, -2, 1, -1]),
      SampleRequest(stage: "rpn", image: 3, step: 5, recorded: recorded))
  }

  /// Priors 0, 2 and 5 are sampled, and 1, which is background here.
  private func weigh(
    _ registry: Registry, _ name: String, _ values: [String: ParameterValue] = [:]
  ) throws -> [Float] {
    let image = try MatchedPriors(
      priors(), Self.groundTruth, Assignment(matches: [0, -1, 1, 1, -2, 0]),
      Sample(positives: [0, 2, 5], negatives: [1]), coder: DeltaBoxCoder())
    return try #require(registry.rowWeights["targets/\(name)"]).make(values).weights(for: image)
  }

  @Test func anAssignerMatches() throws {
    #expect(try assign(registry()) == Self.matches)
    #expect(try assign(registry(), ["least_area": 120]) == [-1, -1, 1, 1, -2, -1])
    #expect(
      try assign(registry(), [:], GroundTruth(boxes: [], labels: [])) == [-1, -1, -1, -1, -1, -1])
  }

  @Test func whatAnAssignerSees() throws {
    let sees = """
      const losskit_image image = a->image;
      SEES(image.priors.count == 6 && image.priors.level_count == 2);
      SEES(image.priors.levels[0].count == 5 && image.priors.levels[0].stride == 8);
      SEES(image.priors.levels[1].count == 1 && image.priors.levels[1].stride == 0);
      SEES(truth.labels[0] == 3 && truth.labels[1] == 7);
      SEES(image.width == 50 && image.height == 20 && image.step == 9 && a->threads == 2);
      SEES(!a->costs && !a->overlaps && !a->quality);
      """
    let without = "SEES(!image.scores && image.class_count == 0 && !image.predicted_boxes);"
    #expect(try assign(registry("/* assigned */", sees + without)) == Self.matches)
    let with = """
      SEES(image.class_count == 2 && image.scores[2] == 0.25f && image.scores[11] == 1);
      SEES(image.predicted_boxes[5].x1 == 5 && image.predicted_boxes[5].y2 == 8);
      """
    let predictions = StagePredictions(
      scores: [0, 0, 0.25, 0, 0, 0, 0, 0, 0, 0, 0, 1],
      boxes: (0..<6).map { Box(Float($0), 6, 7, 8) })
    let reading = try source("/* assigned */", sees + with)
      .replacing(".reads = 0", with: ".reads = LOSSKIT_SCORES | LOSSKIT_BOXES")
    #expect(try assign(registry(of: reading), predictions: predictions) == Self.matches)
    // What isn't declared isn't passed.
    #expect(
      try assign(registry("/* assigned */", sees + without), predictions: predictions)
        == Self.matches)
  }

  @Test func whatAnAssignerReads() throws {
    for (reads, expected) in [
      ("0", []), ("LOSSKIT_STRIDES", [.strides]),
      ("LOSSKIT_SCORES | LOSSKIT_BOXES", [.scores, .boxes]),
    ] as [(String, Set<StageInput>)] {
      let registry = try registry(".reads = 0", ".reads = \(reads)")
      #expect(try registry.assigners["targets/inside"]?.make([:]).reads == expected)
    }
  }

  /// The costs of distances, times 2, and of another weight on them that changes no order.
  private func cheapest(
    _ registry: Registry, wants: Set<StageInput> = []
  ) throws -> Assignment {
    let distance = try #require(registry.costs["targets/distance"]).make([:])
    return try #require(registry.assigners["targets/cheapest"]).make([:]).assign(
      AssignmentRequest(
        priors: priors(), groundTruth: Self.groundTruth,
        imageSize: ImageSize(height: 20, width: 50),
        costs: [WeightedMatchCost(name: "near", cost: distance, weight: 2)], wants: wants))
  }

  /// The plugin's cost is asked for while its assigner has its turn, and neither is safe for threads.
  @Test func anAssignerAsksForCosts() throws {
    let registry = try registry()
    let made = try #require(registry.assigners["targets/cheapest"]).make([:])
    #expect(made.reads == [.costs] && made.gives == [.overlaps, .quality])
    let plain = try cheapest(registry)
    #expect(
      plain.matches == [-1, -1, 1, -1, -1, 0] && plain.overlaps.isEmpty && plain.quality.isEmpty)
    let all = try cheapest(registry, wants: [.overlaps, .quality])
    #expect(all.overlaps == [0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
    // The second object's centre is (24, 5).
    #expect(all.quality == [42, 26, 10, 10, 26, 38])
    #expect(try cheapest(registry, wants: [.quality]).overlaps.isEmpty)
  }

  @Test func whatAMatchCostSees() throws {
    let sees = """
      SEES(m->image.priors.count == 6 && m->image.ground_truth.count == 2 && m->prior_count == 6);
      SEES(m->image.width == 50 && m->image.ground_truth.labels[1] == 7 && !m->image.scores);
      """
    #expect(try cheapest(registry("/* costed */", sees)).matches[2] == 1)
  }

  @Test func aSamplerSamples() throws {
    #expect(try sample(registry()) == Sample(positives: [0, 3], negatives: [1]))
    #expect(try sample(registry(), ["count": 9]) == Sample(positives: [0, 3], negatives: [1, 4]))
    #expect(try sample(registry(), ["count": 0]) == Sample(positives: [], negatives: []))
    let sees = "SEES(s->image == 3 && s->step == 5 && s->stage[0] == 'r' && s->prior_count == 5);"
    let without = "SEES(s->recorded == NULL);"
    let with = "SEES(s->recorded[0] == 0 && s->recorded[1] == 1 && s->recorded[4] == 1);"
    _ = try sample(registry("/* sampled */", sees + without))
    _ = try sample(
      registry("/* sampled */", sees + with), recorded: [false, true, false, false, true])
  }

  @Test func whatASamplerAndARowWeightRead() throws {
    let source = TargetPlugin.source
      .replacing(
        "/* sampled */",
        with: "SEES(s->overlaps[3] == 0.75f && s->quality[3] == 3 && s->row_losses[4] == 0.5f);"
      )
      .replacing(
        ".sample = sample",
        with: ".reads = LOSSKIT_OVERLAPS | LOSSKIT_QUALITY | LOSSKIT_ROW_LOSSES, .sample = sample")
    let sampler = try #require(try registry(of: source).samplers["targets/first"]).make([:])
    #expect(sampler.reads == [.overlaps, .quality, .rowLosses])
    let assignment = Assignment(
      matches: [0, -1, -2, 1, -1], overlaps: [0, 0, 0, 0.75, 0], quality: [0, 0, 0, 3, 0])
    _ = try sampler.sample(
      assignment, SampleRequest(stage: "rpn", rowLosses: [0, 0, 0, 0, 0.5]))
    #expect(
      try failure { _ = try sampler.sample(assignment, SampleRequest(stage: "rpn")) }
        == "targets/first of LIBRARY: reads row losses, of which there are 0 for 5 priors; expected one a "
        + "prior")
    let weighing = TargetPlugin.source.replacing(
      ".weigh = weigh_area", with: ".reads = LOSSKIT_SCORES, .weigh = weigh_area")
    #expect(
      try failure { _ = try weigh(registry(of: weighing), "area") }
        == "targets/area of LIBRARY: reads scores, of which there are 0 for 6 priors; expected one a class"
    )
  }

  @Test func rowWeightsWeigh() throws {
    #expect(try weigh(registry(), "area") == [112, 160, 112])
    #expect(try weigh(registry(), "area", ["unit": 16]) == [7, 10, 7])
    #expect(try weigh(registry(), "label") == [3, 0, 7, 3])
    #expect(try registry().rowWeights["targets/area"]?.make([:]).scope == .positives)
    #expect(try registry().rowWeights["targets/label"]?.make([:]).scope == .sampled)
  }

  @Test func whatARowWeightSees() throws {
    let sees = """
      SEES(rows->priors.count == 6 && rows->priors.levels[0].stride == 8);
      SEES(rows->matches[1] == LOSSKIT_BACKGROUND && rows->matches[4] == LOSSKIT_IGNORED);
      SEES(rows->sampled_count == 4 && rows->sampled[3] == 5 && rows->labels[2] == 7);
      SEES(rows->positive_count == 3 && rows->positives[1] == 2 && rows->boxes[1].y2 == 10);
      SEES(rows->box_targets[4] == 0.5f && fabsf(rows->box_targets[6] -
        0.6931472f) < 1e-6f);
      """
    #expect(try weigh(registry("/* weighed */", sees), "area") == [112, 160, 112])
  }

  private func failure(_ body: () throws -> Void) throws -> String? {
    do {
      try body()
      return nil
    } catch let error as InputError {
      return error.description.replacing(/of \S+libplugin.so/, with: "of LIBRARY")
    }
  }

  @Test(arguments: [
    ("a->matches[3] = 2;", "matches prior 3 to 2; expected one of the ground truths 0 to 1, "),
    ("a->matches[3] = -3;", "matches prior 3 to -3; expected one of the ground truths 0 to 1, "),
    (
      "a->matches[5] = INT32_MIN;",
      "leaves prior 5 of 6 without a match; expected one of the ground truths 0 to 1, "
    ),
  ])
  func aMatchThatCanNotBe(code: String, problem: String) throws {
    let registry = try registry("/* assigned */", code)
    #expect(
      try failure { _ = try assign(registry) }
        == "targets/inside of LIBRARY: \(problem)LOSSKIT_BACKGROUND or LOSSKIT_IGNORED: the plugin has "
        + "a mistake")
  }

  @Test(arguments: [
    ("m->costs[2] = NAN;", "gives the cost nan for prior 2 and ground truth 0"),
    ("m->costs[2] = INFINITY;", "gives the cost inf for prior 2 and ground truth 0"),
  ])
  func aCostThatCanNotBe(code: String, problem: String) throws {
    let registry = try registry("/* costed */", code)
    #expect(
      try failure { _ = try cheapest(registry) }
        == "targets/distance of LIBRARY: \(problem); expected a finite number for each: the plugin has "
        + "a mistake, or the predictions are not sound")
  }

  @Test(arguments: ["priors[1] = 6;", "priors[1] = (size_t)-1;", "object += 9;"])
  func costsOfWhatIsNotThere(code: String) throws {
    let registry = try registry("/* costs */", code)
    #expect(
      try failure { _ = try cheapest(registry) }
        == "targets/cheapest of LIBRARY: asks for costs of priors or a ground truth that there aren't; "
        + "expected 0 to 5 and 0 to 1: the plugin has a mistake")
  }

  @Test(arguments: [
    ("a->overlaps[i] = 0.5f", "a->overlaps[i] = -1", "overlap -1.0 for prior 0"),
    ("a->quality[i] = costs[i]", "a->quality[i] = i == 4 ? NAN : 1", "quality nan for prior 4"),
  ])
  func anOverlapOrQualityThatCanNotBe(text: String, code: String, problem: String) throws {
    let registry = try registry(text, code)
    #expect(
      try failure { _ = try cheapest(registry, wants: [.overlaps, .quality]) }
        == "targets/cheapest of LIBRARY: gives the \(problem); expected a finite number of 0 or more for "
        + "each: the plugin has a mistake")
  }

  @Test func aMatchInAnImageWithoutObjects() throws {
    let registry = try registry("/* assigned */", "a->matches[0] = 0;")
    #expect(
      try failure { _ = try assign(registry, [:], GroundTruth(boxes: [], labels: [])) }
        == "targets/inside of LIBRARY: matches prior 0 to 0; expected LOSSKIT_BACKGROUND or "
        + "LOSSKIT_IGNORED: the plugin has a mistake")
  }

  @Test(arguments: [
    (
      "s->sampled[2] = 1;",
      "samples prior 2, which the assigner ignores; expected matched priors and background"
    ),
    ("s->sampled[4] = 255;", "writes 255 for prior 4; expected 0 or 1"),
  ])
  func aSampleThatCanNotBe(code: String, problem: String) throws {
    let registry = try registry("/* sampled */", code)
    #expect(
      try failure { _ = try sample(registry) }
        == "stage rpn, image 3, targets/first of LIBRARY: \(problem): the plugin has a mistake")
  }

  @Test func aRecordOfAnotherLength() throws {
    let registry = try registry()
    #expect(
      try failure { _ = try sample(registry, recorded: [true]) }
        == "rpn.sampled: has 1 elements for image 3; expected one for each of its 5 priors; record "
        + "the sample of these, or drop it")
  }

  @Test(arguments: [
    ("rows->weights[1] = NAN;", "has no weight, or one that is no number"),
    ("rows->weights[1] = INFINITY;", "has the weight inf"),
    ("rows->weights[1] = -0.5f;", "has the weight -0.5"),
  ])
  func aWeightThatCanNotBe(code: String, problem: String) throws {
    let registry = try registry("/* weighed */", code)
    #expect(
      try failure { _ = try weigh(registry, "area") }
        == "targets/area of LIBRARY row 1: \(problem); expected a finite number of 0 or more for each of "
        + "3 rows: the plugin has a mistake")
  }

  @Test func tooFewWeights() throws {
    let registry = try registry("i < rows->sampled_count", "i + 1 < rows->sampled_count")
    #expect(
      try failure { _ = try weigh(registry, "label") }
        == "targets/label of LIBRARY row 3: has no weight, or one that is no number; expected a finite "
        + "number of 0 or more for each of 4 rows: the plugin has a mistake")
  }

  @Test func aReasonIsPassedOn() throws {
    let code = "snprintf(error, error_size, \"no luck\"); return 2;"
    for place in ["assigned", "sampled", "weighed"] {
      let registry = try registry("/* \(place) */", code)
      let message = try failure {
        _ = try assign(registry)
        _ = try sample(registry)
        _ = try weigh(registry, "area")
      }
      #expect(message?.hasSuffix(" of LIBRARY: fails: no luck") == true, "\(message ?? "")")
    }
  }

  /// Fails where it is entered while it runs.
  @Test func partsThatAreNotSafeAreCalledByOneThreadAtATime() throws {
    let code = """
      static int running;
      const int others = __sync_fetch_and_add(&running, 1);
      usleep(2000);
      __sync_fetch_and_sub(&running, 1);
      SEES(!others);
      """
    let source = try source("/* assigned */", code).replacing(
      "#include <math.h>", with: "#include <unistd.h>\n#include <math.h>")
    let registry = try registry(of: source)
    let matches = Workers(4).map(below: 16) { _ in try? assign(registry) }
    #expect(matches.allSatisfy { $0 == Self.matches })
  }

  @Test(arguments: [
    ("\"inside\"", "NULL", "assigners[0].component.name: is NULL; expected a text"),
    ("\"Centres inside.\"", "\"\"", "assigners[0].component.summary: is empty; expected a text"),
    (
      ".reads = 0", ".reads = 16",
      "assigners[0].reads: is 16; expected a sum of LOSSKIT_STRIDES, LOSSKIT_SCORES, LOSSKIT_BOXES, LOSSKIT_COSTS, or 0"
    ),
    (".assign = assign}", ".assign = NULL}", "assigners[0].assign: is NULL; expected a function"),
    (
      ".assigners = assigners", ".assigners = NULL",
      "assigners: is NULL; expected 2 elements"
    ),
    (
      ".assigner_count = 2", ".assigner_count = 5000",
      "assigners: has 5000 elements; expected 1 to 1024"
    ),
    (
      ".reads = 0", ".component.flags = 2",
      "assigners[0].component.flags: is 2; expected LOSSKIT_THREAD_SAFE or 0"
    ),
    (
      "\"least_area\"", "\"least area\"",
      "assigners[0].component.parameters[0].name: is \"least area\"; expected small letters, digits and "
        + "underscores, a letter first"
    ),
    (".sample = sample", ".sample = NULL", "samplers[0].sample: is NULL; expected a function"),
    (
      ".scope = LOSSKIT_POSITIVE_ROWS", ".scope = 0",
      "row_weights[0].scope: is 0; expected LOSSKIT_SAMPLED_ROWS or LOSSKIT_POSITIVE_ROWS"
    ),
    (".weigh = weigh_label", ".weigh = NULL", "row_weights[1].weigh: is NULL; expected a function"),
    (
      "\"label\"", "\"area\"",
      "row_weights[1].component.name: is that of another one; expected each name once"
    ),
    (
      ".gives = LOSSKIT_OVERLAPS", ".gives = LOSSKIT_BOXES",
      "assigners[1].gives: is 36; expected a sum of LOSSKIT_OVERLAPS, LOSSKIT_QUALITY, or 0"
    ),
    (
      ".evaluate = cost", ".reads = LOSSKIT_COSTS, .evaluate = cost",
      "match_costs[0].reads: is 8; expected a sum of LOSSKIT_STRIDES, LOSSKIT_SCORES, LOSSKIT_BOXES, or 0"
    ),
    (
      ".evaluate = cost", ".evaluate = NULL",
      "match_costs[0].evaluate: is NULL; expected a function"
    ),
    (
      ".sample = sample", ".reads = 1, .sample = sample",
      "samplers[0].reads: is 1; expected a sum of LOSSKIT_OVERLAPS, LOSSKIT_QUALITY, LOSSKIT_ROW_LOSSES, or 0"
    ),
  ])
  func aTableThatLies(text: String, replacement: String, problem: String) throws {
    let found = try PluginLoaderTests.problem { _ = try registry(text, replacement) }
    #expect(found == "table, \(problem)")
  }

  @Test func aNameMayBeThatOfAnotherKind() throws {
    let registry = try registry("\"inside\"", "\"area\"")
    #expect(registry.assigners.names == ["targets/area", "targets/cheapest"])
    #expect(registry.rowWeights.names == ["targets/area", "targets/label"])
  }
}
