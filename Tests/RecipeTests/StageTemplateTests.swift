import LossKit
import Testing

/// One stage that is written once and repeated.
struct StageTemplateTests {
  /// ``goodRecipe`` whose stage begins with `lines`.
  private func text(_ lines: String) -> String { recipe(lines: [3: "    \"rpn\": {\n\(lines)"]) }

  @Test func `a template is as many stages`() throws {
    let objective = try load(
      recipe(lines: [
        3: #"    "rpn": { "repeat": 3,"#,
        10: #"            "prediction": ["score_{index}", "x"],"#,
        17: #"            "prediction": "delta_{index}{index}","#,
      ])
    ).objective
    #expect(objective.stages.map(\.name) == ["rpn_0", "rpn_1", "rpn_2"])
    #expect(
      objective.predictionNames
        == ["score_0", "x", "delta_00", "score_1", "delta_11", "score_2", "delta_22"])
  }

  @Test func `each has what differs`() throws {
    let objective = try load(
      recipe(lines: [
        3: """
        "rpn": { "repeat": 2, "each": [
          { "sampler": { "count": 8 }, "terms": { "box": { "weight": 2 } } },
          {
            "priors": { "type": "proposal_layer", "stage": "{previous}" },
            "terms": { "box": { "weight": 0.5, "prediction": "d", "layout": "r c" },
                       "cls": null }
          }
        ],
        """
      ])
    ).objective
    #expect(objective.stages.map { $0.terms.count } == [2, 1])
    #expect(objective.stages[1].priors.sourceStage == "rpn_0")
    #expect(objective.stages[1].terms[0].weight == 0.5)
    #expect(objective.stages[1].terms[0].predictions == ["d"])
  }

  @Test func `settings and patches change the template`() throws {
    let objective = try load(
      recipe(lines: [3: #"    "rpn": { "repeat": 2,"#]),
      settings: ["stages.rpn.terms.box.weight=7", "stages.rpn.repeat=3"]
    ).objective
    #expect(objective.stages.map { $0.terms[1].weight } == [7, 7, 7])
  }

  @Test(
    arguments: [
      (#""repeat": 0,"#, ["r.json:4:11: stages.rpn.repeat: is 0; expected 1 … 100"]),
      (#""repeat": 10000,"#, ["r.json:4:11: stages.rpn.repeat: is 10000; expected 1 … 100"]),
      (#""repeat": 1.5,"#, ["r.json:4:11: stages.rpn.repeat: is 1.5; expected an integer"]),
      (
        #""repeat": "3","#,
        ["r.json:4:11: stages.rpn.repeat: expected a number, found a string"]
      ),
      (
        #""repeat": 2, "each": [{}],"#,
        [
          "r.json:4:22: stages.rpn.each: expected a list of 2 objects: what differs in each of the stages"
        ]
      ),
      (
        #""repeat": 2, "each": {},"#,
        [
          "r.json:4:22: stages.rpn.each: expected a list of 2 objects: what differs in each of the stages"
        ]
      ),
      (
        #""repeat": 2, "description": "after {previous}","#,
        [
          "r.json:4:29: stages.rpn.description: the first of the stages has no previous one; say in each what it takes"
        ]
      ),
      (
        #""repeat": 2, "description": "{indx} {index","#,
        [
          "r.json:4:29: stages.rpn.description: {indx} stands for nothing; there is {index} and {previous}"
        ]
      ),
      // An error of the template is told once.
      (
        #""repeat": 3, "coder2": 1,"#,
        [
          #"r.json:4:14: stages.rpn.coder2: unknown key "coder2"; expected one of description, priors, assigner, match_costs, sampler, coder, terms; did you mean "coder"?"#
        ]
      ),
      (
        #""each": [],"#,
        [
          #"r.json:4:1: stages.rpn.each: unknown key "each"; expected one of description, priors, assigner, match_costs, sampler, coder, terms"#
        ]
      ),
    ])
  func `a template's errors are exact`(lines: String, errors: [String]) {
    #expect(complaints { () throws(Diagnostics) in try load(text(lines)) } == errors)
  }

  @Test func `two stages can't have one name`() {
    #expect(
      complaints { () throws(Diagnostics) in
        try load(
          #"{ "stages": { "a": { "repeat": 2, "#
            + #""priors": "proposals", "assigner": "max_iou", "sampler": "all", "coder": "delta_xywh", "#
            + #""terms": { "x": { "prediction": "x", "layout": "r", "target": "objectness", "#
            + #""loss": "bce_with_logits", "normalizer": 1 } } }, "a_1": { "#
            + #""priors": "proposals", "assigner": "max_iou", "sampler": "all", "coder": "delta_xywh", "#
            + #""terms": { "x": { "prediction": "x", "layout": "r", "target": "objectness", "#
            + #""loss": "bce_with_logits", "normalizer": 1 } } } } }"#)
      } == ["r.json:1:13: stages: stage a_1: stands twice"])
  }
}
