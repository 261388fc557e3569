import LossKit
import Testing

/// Values that are set on the command line.
struct SettingTests {
  @Test func `a key that is there changes`() throws {
    let recipe = try load(goodRecipe, settings: ["stages.rpn.terms.box.loss.beta=0.5"])
    #expect(try recipe.term("box")?.loss.value(of: 1) == 0.75)
  }

  @Test func `the last key may be new`() throws {
    let recipe = try load(
      goodRecipe, settings: ["stages.rpn.terms.cls.weight=3", "name=tuned"])
    #expect(try recipe.term("cls")?.weight == 3)
    #expect(recipe.objective.name == "tuned")
  }

  @Test func `the node shows what was set`() throws {
    let recipe = try load(goodRecipe, settings: ["name=tuned"])
    #expect(recipe.node["name"] == "tuned")
  }

  @Test func `a component may be set by its name`() throws {
    let recipe = try load(
      goodRecipe, settings: ["stages.rpn.terms.box.loss=huber", "stages.rpn.sampler=all"])
    #expect(try recipe.term("box")?.loss is HuberLoss)
    #expect(recipe.objective.stages[0].sampler is AllSampler)
  }

  @Test func `settings build on those before them`() throws {
    let recipe = try load(
      goodRecipe,
      settings: [
        #"stages.rpn.terms.box.loss={"type": "huber"}"#, "stages.rpn.terms.box.loss.delta=2",
      ])
    #expect(try recipe.term("box")?.loss.value(of: 3) == 4, "2 (3 - 2 / 2)")
  }

  @Test(arguments: [
    ["stages.rpn.terms.box.loss.type=huber", "stages.rpn.terms.box.loss.delta=2"],
    ["stages.rpn.terms.box.loss.delta=2", "stages.rpn.terms.box.loss.type=huber"],
  ])
  func `another type replaces the component, its parameters in either order`(
    settings: [String]
  ) throws {
    let recipe = try load(goodRecipe, settings: settings)
    #expect(try recipe.term("box")?.loss.value(of: 3) == 4, "2 (3 - 2 / 2)")
  }

  @Test(arguments: [
    (
      "stages.rpm.sampler.count=1",
      #"--set: stages.rpm: unknown key "rpm" in the object at r.json:2:13; only the last key of a path may be new; did you mean "rpn"?"#
    ),
    (
      "stages.rpn.terms.box.layout.axis=1",
      "--set: stages.rpn.terms.box.layout.axis: the value at r.json:18:21 is a string, which has no keys; end the path before this one"
    ),
    (
      "stages.rpn.terms.box.loss.bta=1",
      #"--set: stages.rpn.terms.box.loss.bta: unknown key "bta"; expected one of type, beta, sigma; did you mean "beta"?"#
    ),
    (
      "stages.rpn.terms.box.loss=hubr",
      #"--set: stages.rpn.terms.box.loss: no loss is called "hubr"; there is \#(lossNames); did you mean "huber"?"#
    ),
    (
      #"stages.rpn.sampler={"type": "rendom"}"#,
      #"--set: stages.rpn.sampler.type: no sampler is called "rendom"; there is \#(names(.sampler)); did you mean "random"?"#
    ),
    (
      "stages.rpn.sampler.count=-9223372036854775808",
      "--set: stages.rpn.sampler.count: is -9.223372036854776e+18; expected ≥ 1"
    ),
    (
      "stages.rpn.terms.box.weight=null",
      "--set: stages.rpn.terms.box.weight: expected a number, found null"
    ),
    (
      "stages.rpn.terms.cls=null",
      "--set: stages.rpn.terms.cls: expected an object, found null"
    ),
    (
      "extends=other",
      "--set: extends: is read before anything is set; write a recipe that extends another"
    ),
    (
      "stages.rpn.sampler.count=many",
      #"--set: stages.rpn.sampler.count: is "many"; expected integer"#
    ),
  ])
  func `errors name the option and the path`(setting: String, error: String) {
    #expect(
      complaints { () throws(Diagnostics) in try load(goodRecipe, settings: [setting]) }
        == [error])
  }

  @Test func `null is a value where the parameter takes it`() throws {
    let recipe = try load(goodRecipe, settings: ["stages.rpn.terms.box.loss.beta=null"])
    #expect(try recipe.term("box")?.loss.value(of: 0.5) == 0.125, "beta 1")
  }
}
