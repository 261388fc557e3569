import Foundation
import LossKit
import Sweep
import TestSupport
import Testing

/// Sweeps whose file changes after they have run.
@Suite struct GrowingTests {
  /// How often each trainer was started, however many folders there are.
  private func starts(_ sweep: SweepFixture) -> [Int] {
    sweep.starts.sorted { $0.key < $1.key }.map(\.value)
  }

  @Test func valuesAndSeedsComeAndGo() throws {
    let sweep = try SweepFixture()
    try sweep.run()
    #expect(try sweep.values == [0.11, 0.21, 0.12, 0.22])
    try sweep.change("[0.1, 0.2]", "[0.3, 0.2, 0.1]")
    #expect(sweep.complaint == "")
    #expect(try sweep.values == [0.31, 0.21, 0.11, 0.32, 0.22, 0.12])
    try sweep.change("[1, 2]", "[3, 1]")
    #expect(sweep.complaint == "")
    #expect(try sweep.values == [0.33, 0.23, 0.13, 0.31, 0.21, 0.11])
    try sweep.change("[0.3, 0.2, 0.1]", "[0.2]")
    #expect(try sweep.run().count == 1, "nothing is left to run")
    #expect(try sweep.values == [0.23, 0.21])
    #expect(starts(sweep) == Array(repeating: 1, count: 9), "no trial was run twice")
    // A number keeps its trial: the first four are still those of the first run.
    let trial = try sweep.results.check(against: sweep.plan).trials[1]
    #expect(trial.index == 1)
  }

  @Test func aParameterMoreChangesNoVariantThatHasItsUsualValue() throws {
    let sweep = try SweepFixture()
    try sweep.run()
    try sweep.change(
      "\"parameters\": {",
      "\"parameters\": { \"stages.rpn.terms.box.weight\": { \"values\": [2, 3] }, ")
    #expect(sweep.complaint == "")
    #expect(try sweep.values.count == 8)
    #expect(sweep.starts.count == 8 && starts(sweep).allSatisfy { $0 == 1 })
  }

  @Test func moreRandomValues() throws {
    let sweep = try SweepFixture()
    try sweep.change("\"grid\"", "\"random\", \"run_cap\": 2")
    try sweep.change("\"values\": [0.1, 0.2]", "\"min\": 1.5, \"max\": 2.5")
    try sweep.run()
    try sweep.change("\"run_cap\": 2", "\"run_cap\": 4")
    try sweep.run()
    #expect(sweep.starts.count == 8 && starts(sweep).allSatisfy { $0 == 1 })
    try sweep.change("\"run_cap\": 4", "\"run_cap\": 1")
    #expect(try sweep.run().count == 1)
  }

  @Test func anotherBaseIsRefusedWithWhatDiffers() throws {
    let sweep = try SweepFixture()
    try sweep.run()
    try sweep.folder.write(
      baseRecipe.replacing("\"count\": 256", with: "\"count\": 128"), to: "base.json")
    #expect(
      sweep.complaint.hasSuffix(
        "holds results that mean something else; take the changes back, or leave these results as they "
          + "are and go on in another folder: losskit sweep run … --fork NEW\n"
          + "  base.recipe.stages.rpn.sampler.count: 256 → 128"))
    #expect(throws: SweepError.self) { try SweepReport(try sweep.plan, in: sweep.results) }
    try sweep.folder.write(
      baseRecipe.replacing("{\n  \"stages\"", with: "{\n  \"name\": \"x\", \"stages\""),
      to: "base.json")
    #expect(sweep.complaint == "", "a name changes nothing")
  }

  @Test func otherDataAreRefused() throws {
    let sweep = try SweepFixture(more: ", \"data\": \"a\"")
    try sweep.run()
    try sweep.change("\"data\": \"a\"", "\"data\": \"b\"")
    #expect(sweep.complaint.hasSuffix("\n  data: \"a\" → \"b\""))
    try sweep.change(", \"data\": \"b\"", "")
    #expect(sweep.complaint.hasSuffix("\n  data: \"a\" → \"scenes\""))
  }

  /// Without a base, a recipe that was changed is told once, however many variants have it.
  @Test func aChangedRecipeAmongOthersIsToldOnce() throws {
    let sweep = try SweepFixture()
    try sweep.change("\"recipe\": \"base.json\",", "")
    try sweep.change(
      "\"parameters\": {", "\"parameters\": { \"recipe\": { \"values\": [\"base\"] }, ")
    try sweep.run()
    try sweep.folder.write(
      baseRecipe.replacing("\"count\": 256", with: "\"count\": 128"), to: "base.json")
    #expect(
      sweep.complaint.hasSuffix("--fork NEW\n  recipe.stages.rpn.sampler.count: 256 → 128"))
  }

  @Test func aForkTakesOverWhatMeansTheSame() throws {
    let sweep = try SweepFixture()
    try sweep.run()
    // What was a value is now the base's: another base, and one variant in common.
    try sweep.change("\"values\": [0.1, 0.2]", "\"value\": 0.2")
    try sweep.change(
      "\"parameters\": {",
      "\"parameters\": { \"stages.rpn.terms.box.weight\": { \"values\": [2, 3] }, ")
    #expect(sweep.complaint.contains("base.recipe.stages.rpn.terms.box.loss.beta: 0.1 → 0.2"))
    let fork = SweepFolder(sweep.folder.path("fork"))
    #expect(try fork.takeOver(from: sweep.results, for: sweep.plan) == 2)
    try SweepRunner(sweep.plan, in: fork, losskit: "losskit").run { _ in }
    let values = try sweep.plan.trials.map { try fork.result($0.index)?.value }
    #expect(values == [0.21, 0.21, 0.22, 0.22])
    #expect(try fork.takeOver(from: sweep.results, for: sweep.plan) == 0, "they are there")
  }

  @Test func whatHasOnlyFailedIsReplaced() throws {
    let sweep = try SweepFixture(trainer: "#!/bin/sh\nexit 1\n")
    try sweep.run()
    try sweep.change("base.json", "other.json")
    try sweep.folder.write(
      baseRecipe.replacing("\"count\": 256", with: "\"count\": 128"), to: "other.json")
    try sweep.folder.write(FakeTrainer.resuming, to: "trainer.sh")
    #expect(sweep.complaint == "")
    #expect(try sweep.values == [0.11, 0.21, 0.12, 0.22])
  }

  @Test func twoNamesForTheSame() throws {
    let sweep = try SweepFixture(values: "[1, 1.0]")
    let error = #expect(throws: Diagnostics.self) { try sweep.plan }
    #expect(
      error?.description.contains("are the same recipe with the same settings; remove one") == true)
  }

  /// A folder of the version before, which knew variants by their places.
  @Test func anOldFolderGoesOn() throws {
    let sweep = try SweepFixture()
    try sweep.run()
    let plan = try sweep.plan
    var variants = JSONObject()
    for (position, variant) in plan.variants.enumerated() {
      variants.set(
        variant.name,
        to: ["position": JSONNode(position), "recipe": variant.recipe, "model": variant.model])
    }
    func old(_ data: JSONNode) throws -> String {
      let node: JSONNode = [
        "metric": ["name": "AP50", "goal": "maximize"], "seeds": [1, 2],
        "command": JSONNode(plan.command.words.map { JSONNode($0) }), "data": data,
        "variants": JSONNode(variants),
      ]
      return try sweep.folder.write(try node.text(), to: "out/sweep.json")
    }
    _ = try old("other")
    #expect(sweep.complaint.contains("data: \"other\" → \"scenes\""))
    _ = try old("scenes")
    try sweep.change("[0.1, 0.2]", "[0.3, 0.2]")
    try sweep.change("[1, 2]", "[2, 3]")
    #expect(sweep.complaint == "")
    #expect(try sweep.values == [0.32, 0.22, 0.33, 0.23])
    #expect(sweep.starts.count == 7 && starts(sweep).allSatisfy { $0 == 1 })
  }

  @Test func anyReportedMetricRanks() throws {
    let sweep = try SweepFixture(
      command: #"""
        ["/bin/sh", "-c", "printf '{\"AP50\": 0.5, \"other\": %s.%s}\\n' \"$2\" \"$1\" > \"$0/metrics.jsonl\"", "{out}", "{seed}", "{index}"]
        """#)
    try sweep.run()
    try sweep.change("\"name\": \"AP50\"", "\"name\": \"other\"")
    #expect(try sweep.run().count == 1, "nothing is run for it")
    let report = try SweepReport(try sweep.plan, in: sweep.results, otherMetrics: ["AP50"])
    #expect(report.comparison.best == 1)
    #expect(report.comparison.rows[0].values == [1.1, 3.2])
    #expect(report.estimate(of: "AP50", variant: 0)?.mean == 0.5)
    let page = try String(contentsOfFile: try report.write(), encoding: .utf8)
    #expect(page.contains("<th scope=\"col\" class=\"number\">AP50</th>"))
    let error = #expect(throws: SweepError.self) { try report.checkMetrics(["oter"]) }
    #expect(
      error?.problem
        == "no trial has reported the metric \"oter\"; there are AP50, other; did you mean \"other\"?"
    )
  }

  /// A mistyped metric costs nothing once it is mended: what the trainers reported is there.
  @Test func aMistypedMetricIsMendedWithoutARun() throws {
    let sweep = try SweepFixture()
    try sweep.change("\"AP50\"", "\"AP5O\"")
    try sweep.run()
    let plan = try sweep.plan
    #expect(try SweepReport(plan, in: sweep.results).failures.count == 4)
    try sweep.change("\"AP5O\"", "\"AP50\"")
    #expect(try sweep.run().count == 1)
    #expect(try SweepReport(try sweep.plan, in: sweep.results).comparison.best == 1)
    #expect(sweep.starts.count == 4 && starts(sweep).allSatisfy { $0 == 1 })
  }

  @Test func aRetryIsCountedAfterItsTrialsAreTakenBack() throws {
    let sweep = try SweepFixture(
      trainer: FakeTrainer.troubled, seeds: "[1, 2, 4, 5]", values: "[0.1]")
    try sweep.run()
    guard case .scheduled(let schedule)? = try sweep.run(retry: true).first else {
      Issue.record("a schedule comes first")
      return
    }
    #expect(schedule.count == 4 && schedule.ended == 1)
  }
}
