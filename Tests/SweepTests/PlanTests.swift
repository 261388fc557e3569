import Foundation
import LossKit
import Sweep
import TestSupport
import Testing

@Suite struct PlanTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(baseRecipe, to: "base.json")
  }

  private func plan(_ members: String, recipe: String = #""recipe": "base","#) throws -> SweepPlan {
    let path = try folder.write(
      """
      { \(recipe) "metric": { "name": "AP50", "goal": "maximize" }, \(members) }
      """, to: "s.json")
    return try SweepPlan(contentsOf: path, registry: try .builtIn())
  }

  @Test func aGridHasAllValuesWithAllOthers() throws {
    let plan = try plan(
      #"""
      "method": "grid",
      "parameters": {
        "stages.rpn.terms.box.weight": { "values": [1, 2] },
        "training.rate": { "value": 0.5 },
        "stages.rpn.terms.cls.weight": { "values": [1, 2, 3] },
        "training.momentum": { "values": [0.9] }
      }
      """#)
    #expect(plan.name == "s" && plan.seeds == [1, 2, 3])
    #expect(plan.variants.count == 6 && plan.trialCount == 18)
    #expect(plan.variants[0].name == "box.weight=1, cls.weight=1, momentum=0.9")
    #expect(plan.variants[4].name == "box.weight=2, cls.weight=2, momentum=0.9")
    #expect(plan.variants[4].model == ["training": ["rate": 0.5, "momentum": 0.9]])
    let recipe = try DetectionRecipe(plan.variants[4].recipe, registry: try .builtIn())
    #expect(recipe.objective.stages.first?.terms.map(\.weight) == [2, 2])
    let trial = try #require(plan.trial(10))
    #expect(trial.variantIndex == 4 && trial.seed == 2)
    #expect(plan.trial(18) == nil && plan.trial(-1) == nil)
    #expect(plan.trials.map(\.index) == Array(0..<18))
    #expect(plan.base == nil, "no variant has the base's settings of training")
  }

  @Test func shippedRecipesHaveNames() throws {
    let plan = try plan(
      #""method": "grid", "parameters": { "recipe": { "values": ["base", "faster_rcnn_pytorch"] } }"#,
      recipe: "")
    let shipped = try DetectionRecipe(named: "faster_rcnn_pytorch", registry: .builtIn()).node
    #expect(plan.variants.map(\.name) == ["base", "faster_rcnn_pytorch"])
    #expect(plan.variants[1].recipe["stages"] == shipped["stages"])
    #expect(plan.variants[1].recipe["extends"] == nil)
  }

  @Test func theBaseIsTheVariantThatChangesNothing() throws {
    let plan = try plan(
      #"""
      "method": "grid",
      "parameters": { "stages.rpn.terms.box.loss.beta": { "values": [0.2, 0.1, 1] } }
      """#)
    #expect(plan.base == 1)
    #expect(plan.variants.map(\.name) == ["beta=0.2", "beta=0.1", "beta=1"])
  }

  /// Where recipes are a parameter, no other need be named; what is the same in all trials is no base.
  @Test func theFirstRecipeIsTheBaseWhereNoOtherIs() throws {
    try folder.write(
      #"{ "extends": "base", "stages": { "rpn": { "sampler": { "count": 8 } } } }"#,
      to: "other.json")
    let parameters = #"""
      "parameters": {
        "training.rate": { "value": 0.5 }, "stages.rpn.terms.box.weight": { "value": 3 },
        "recipe": { "values": ["other", "base"] }
      }
      """#
    let grid = try plan(#""method": "grid", "# + parameters, recipe: "")
    #expect(grid.base == 0 && grid.variants.map(\.name) == ["other", "base"])
    #expect(grid.variants[1].model == ["training": ["rate": 0.5]])
    let error = #expect(throws: Diagnostics.self) {
      try plan(
        #""method": "list", "list": [{ "recipe": "base" }, { "training.rate": 1 }]"#, recipe: "")
    }
    #expect(error?.all.count == 1)
    #expect(error?.description.contains("names no recipe; give it a \"recipe\"") == true)
  }

  @Test func wholeRecipesByTheirFiles() throws {
    try folder.write(
      #"""
      { "extends": "base", "$schema": "x", "name": "other",
        "stages": { "rpn": { "sampler": "all" } } }
      """#, to: "more/other.json")
    try folder.write(
      #"{ "extends": "../base", "stages": { "rpn": { "sampler": "all" } } }"#,
      to: "more/other.json")
    let plan = try plan(
      #"""
      "method": "grid",
      "parameters": { "recipe": { "values": ["base.json", "more/other"] } }
      """#)
    #expect(plan.variants.map(\.name) == ["base", "other"] && plan.base == 0)
    let recipe = plan.variants[1].recipe
    #expect(recipe["stages"] != nil && recipe["extends"] == nil && recipe["$schema"] == nil)
    #expect(throws: Never.self) { try DetectionRecipe(recipe, registry: try .builtIn()) }
  }

  @Test func aListHasWhatItLists() throws {
    let plan = try plan(
      #"""
      "method": "list", "seeds": [7],
      "parameters": { "training.steps": { "value": 10 } },
      "list": [
        { "stages.rpn.terms.box.loss": "l1", "training.rate": 0.1 },
        { "stages.rpn.terms.box.loss": { "type": "huber", "delta": 2 } }
      ]
      """#)
    #expect(plan.variants.map(\.name) == ["loss=l1, rate=0.1", "loss=huber(delta: 2)"])
    #expect(plan.variants[0].model == ["training": ["steps": 10, "rate": 0.1]])
    #expect(plan.variants[1].model == ["training": ["steps": 10]])
    #expect(plan.parameters.map(\.description) == ["stages.rpn.terms.box.loss", "training.rate"])
  }

  @Test func randomValuesFollowTheirDistributions() throws {
    let members = #"""
      "method": "random", "run_cap": 400, "seeds": [1],
      "parameters": {
        "stages.rpn.terms.box.weight": { "min": 0.01, "max": 100, "distribution": "log_uniform" },
        "stages.rpn.terms.cls.weight": { "min": 1.5, "max": 2.5 },
        "stages.rpn.sampler.count": { "min": 10, "max": 13 },
        "stages.rpn.terms.box.loss": { "values": ["l1", "l2"] }
      }
      """#
    let plan = try plan(members)
    #expect(plan.variants.count == 400)
    func numbers(_ path: JSONPath) -> [Double] {
      plan.variants.compactMap { $0.value(at: path)?.double }
    }
    let weights = numbers(["stages", "rpn", "terms", "box", "weight"])
    #expect(weights.count == 400 && weights.allSatisfy { (0.01...100).contains($0) })
    // Of 400 draws 200 ± 50 lie below the middle: five standard deviations.
    #expect((150...250).contains(weights.count { $0 < 1 }))
    let others = numbers(["stages", "rpn", "terms", "cls", "weight"])
    #expect(others.allSatisfy { (1.5...2.5).contains($0) })
    #expect((150...250).contains(others.count { $0 < 2 }))
    let counts = numbers(["stages", "rpn", "sampler", "count"])
    #expect(Set(counts) == [10, 11, 12, 13])
    #expect((50...150).contains(counts.count { $0 == 13 }))
    let again = try self.plan(members)
    #expect(again.variants.map(\.recipe) == plan.variants.map(\.recipe))
    let other = try self.plan(members + ", \"random_seed\": 1")
    #expect(other.variants.map(\.recipe) != plan.variants.map(\.recipe))
  }

  @Test func normalNumbersMultiplesAndProbabilities() throws {
    let plan = try plan(
      #"""
      "method": "random", "run_cap": 400, "seeds": [1],
      "parameters": {
        "training.rate": { "mu": -3, "sigma": 2, "distribution": "log_normal" },
        "training.beta": { "mu": 5, "sigma": 0.5 },
        "training.batch": { "min": 4, "max": 64, "q": 4, "distribution": "q_log_uniform" },
        "training.decay": { "min": 0, "max": 1, "q": 0.1, "distribution": "q_uniform" },
        "training.optimizer": { "values": ["sgd", "adam", "lion"], "probabilities": [0.75, 0.25, 0] }
      }
      """#)
    func values(_ name: String) -> [JSONNode] {
      plan.variants.compactMap { $0.value(at: ["training", name]) }
    }
    let rates = values("rate").compactMap(\.double)
    #expect(rates.allSatisfy { $0 > 0 } && (150...250).contains(rates.count { $0 < exp(-3) }))
    // 68 in 100 lie within a standard deviation; of 400 272 ± 47, five of their own.
    let betas = values("beta").compactMap(\.double)
    #expect((225...319).contains(betas.count { (4.5...5.5).contains($0) }))
    let mean = betas.reduce(0, +) / 400
    #expect(abs(mean - 5) < 0.125)
    let batches = values("batch")
    let isWhole = batches.allSatisfy {
      if case .number(.integer) = $0.value { true } else { false }
    }
    #expect(isWhole && batches.compactMap(\.double).allSatisfy { $0.remainder(dividingBy: 4) == 0 })
    let decays = Set(values("decay").map(\.compactText))
    #expect(decays.count == 11 && decays.contains("0.3") && decays.contains("0.7"))
    let optimizers = values("optimizer").compactMap(\.string)
    #expect(Set(optimizers) == ["sgd", "adam"])
    #expect((257...343).contains(optimizers.count { $0 == "sgd" }))
  }

  @Test func drawsAreDifferentFromEachOther() throws {
    let members = """
      "method": "random", "seeds": [1],
      "parameters": { "stages.rpn.sampler.count": { "min": 1, "max": 20 } }
      """
    let plan = try plan(members + ", \"run_cap\": 20")
    #expect(Set(plan.variants.map(\.name)).count == 20)
    let error = #expect(throws: Diagnostics.self) { try self.plan(members + ", \"run_cap\": 21") }
    #expect(error?.description.contains("have only about 20 combinations") == true)
  }

  @Test func theModelIsReadAndSetInto() throws {
    try folder.write(
      #"{ "$schema": "y", "model": { "channels": 8 }, "training": { "rate": 1 } }"#,
      to: "model.json")
    let plan = try plan(
      #"""
      "model": "model.json", "method": "grid",
      "parameters": { "training.rate": { "values": [1, 2] }, "model.depth": { "value": 3 } }
      """#)
    #expect(
      plan.variants.map(\.model) == [
        ["model": ["channels": 8, "depth": 3], "training": ["rate": 1]],
        ["model": ["channels": 8, "depth": 3], "training": ["rate": 2]],
      ])
    #expect(plan.base == 0)
  }
}
