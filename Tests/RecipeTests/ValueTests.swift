import LossKit
import Testing

/// What the values of a recipe come to in the objective.
struct ValueTests {
  @Test func `the parts are in the objective in the file's order`() throws {
    let recipe = try load(goodRecipe)
    #expect(recipe.objective.name == "recipe")
    let stage = try #require(recipe.objective.stages.first)
    #expect(stage.name == "rpn")
    #expect(stage.priors is AnchorGrid)
    #expect(stage.assigner is MaxIoUAssigner)
    #expect(stage.sampler is RandomSampler)
    #expect(stage.coder is DeltaBoxCoder)
    #expect(stage.terms.map(\.name) == ["cls", "box"])
    let classes = try #require(try recipe.term("cls"))
    #expect(classes.predictions == ["score"])
    #expect(try classes.layout == Layout("n (c a) h w"))
    #expect(classes.target is ClassTarget)
    #expect(classes.loss is SoftmaxCrossEntropyLoss)
    #expect(classes.weight == 1)
    let boxes = try #require(try recipe.term("box"))
    #expect(boxes.target is BoxTarget)
    #expect(boxes.loss is SmoothL1Loss)
    #expect(boxes.weight == 2)
    #expect(boxes.insideWeights == nil && boxes.outsideWeights == nil)
  }

  @Test func `a component may be its name alone`() throws {
    let text = recipe(lines: [
      4: #"      "priors": "anchor_grid","#, 5: #"      "assigner": "max_iou","#,
      6: #"      "sampler": "all","#, 7: #"      "coder": "delta_xywh","#,
      20: #"          "loss": "huber","#,
    ])
    let stage = try #require(try load(text).objective.stages.first)
    #expect(stage.sampler is AllSampler)
    #expect(stage.terms[1].loss is HuberLoss)
  }

  @Test func `a prediction is a name or a list of names`() throws {
    let one = try load(recipe(lines: [17: #"          "prediction": ["delta"],"#]))
    #expect(try one.term("box")?.predictions == ["delta"])
    let three = try load(recipe(lines: [17: #"          "prediction": ["p3", "p4", "p5"],"#]))
    #expect(try three.term("box")?.predictions == ["p3", "p4", "p5"])
    #expect(three.objective.predictionNames == ["score", "p3", "p4", "p5"])
  }

  @Test func `inside and outside weights are four numbers`() throws {
    let weights = #"          "inside_weights": [1, 0, 2.5, -1], "outside_weights": [1, 1, 2, 2]"#
    let term = try #require(try load(recipe(lines: [22: weights])).term("box"))
    #expect(term.insideWeights == [1, 0, 2.5, -1])
    #expect(term.outsideWeights == [1, 1, 2, 2])
  }

  @Test(arguments: [
    (#""rows""#, Normalizer(.rows)),
    (#""sampled""#, Normalizer(.sampled)),
    (#""positives""#, Normalizer(.positives)),
    (#""cells""#, Normalizer(.cells)),
    (#""weights""#, Normalizer(.weights)),
    ("256", Normalizer(.constant(256))),
    ("0.5", Normalizer(.constant(0.5))),
    (#"{ "by": "positives" }"#, Normalizer(.positives, per: .batch, floor: 0)),
    (
      #"{ "by": "positives", "per": "image", "floor": 1 }"#,
      Normalizer(.positives, per: .image, floor: 1)
    ),
    (#"{ "by": 3, "per": "batch", "floor": 0.5 }"#, Normalizer(.constant(3), floor: 0.5)),
    (
      #"{ "by": "positives", "running_mean": { "initial": 100 } }"#,
      Normalizer(.positives, runningMean: Normalizer.RunningMean(initial: 100, momentum: 0.9))
    ),
    (
      #"{ "by": "centerness", "floor": 1 }"#,
      Normalizer(.rowWeight(try! CenternessWeight()), floor: 1)
    ),
    (
      #"{ "by": { "type": "centerness" } }"#,
      Normalizer(.rowWeight(try! CenternessWeight()))
    ),
  ])
  func `every form of a normalizer`(text: String, normalizer: Normalizer) throws {
    let loaded = try load(recipe(lines: [21: #"          "normalizer": \#(text),"#]))
    #expect("\(try #require(try loaded.term("box")).normalizer)" == "\(normalizer)")
  }

  @Test func `names and descriptions are for people`() throws {
    let text = recipe(lines: [
      2: #"  "$schema": "x", "name": "mine", "description": "Ours.", "stages": {"#,
      3: #"    "rpn": { "description": "First.","#,
      9: #"        "cls": { "description": "Objects.","#,
    ])
    #expect(try load(text).objective.name == "mine")
  }
}
