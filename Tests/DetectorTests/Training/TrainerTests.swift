import Detector
import LossKit
import TestSupport
import Testing

struct TrainerTests {
  /// Objectives of all sorts: what a head must predict, and how its numbers become what a loss reads,
  /// differs in each.
  static let objectives: [(recipe: String, settings: [String])] = [
    ("reference_detector", []),
    ("reference_detector_sigmoid", []),
    ("reference_detector_huber", []),
    ("reference_detector_agnostic", []),
    (
      "reference_detector",
      [
        "stages.rpn.terms.rpn_cls.loss=nll", "stages.rcnn.terms.rcnn_cls.loss=nll",
        "stages.rpn.terms.rpn_cls.layout=n h w (a c)", "stages.rpn.terms.rpn_box.layout=n p c",
      ]
    ),
    (
      "reference_detector_sigmoid",
      [
        "stages.rpn.terms.rpn_cls.loss=bce", "stages.rcnn.terms.rcnn_cls.loss=bce_with_logits",
        "stages.rcnn.terms.rcnn_box.loss=l1",
      ]
    ),
  ]

  @Test(.long, arguments: objectives)
  func `the loss falls on a few images`(_ objective: (recipe: String, settings: [String])) throws {
    let recipe = try SmallTraining.recipe(objective.recipe, objective.settings)
    var trainer = try SmallTraining.trainer(
      recipe, ["training.steps=30", "training.rate=0.005", "training.schedule=constant"])
    var losses: [Double] = []
    for _ in 0..<30 { losses.append(try trainer.advance().total) }
    let (first, last) = (losses.prefix(3).reduce(0, +), losses.suffix(3).reduce(0, +))
    #expect(last < 0.7 * first, "\(first) \(last)")
    #expect(Set(trainer.model.predictions.keys) == Set(recipe.objective.predictionNames))
  }

  @Test func `one stage alone can be trained`() throws {
    let recipe = try SmallTraining.recipe(
      "reference_detector_sigmoid",
      ["stages.rpn.terms.rpn_cls.target=class", "stages.rpn.terms.rpn_cls.layout=n (a c) h w"])
    let objective = try DetectionObjective(
      name: "one stage", stages: [try #require(recipe.objective.stages.first)])
    let file = try SmallTraining.model(["training.steps=30", "training.rate=0.003"])
    var trainer = try Trainer(
      objective, data: try SmallTraining.scenes(), model: file.model, training: file.training,
      seed: 1)
    let first = try trainer.advance().total
    var last = first
    for _ in 0..<29 { last = try trainer.advance().total }
    #expect(last < 0.6 * first)
    let evaluation = try DetectionEvaluation(
      of: trainer.model, on: try SmallTraining.scenes(count: 2))
    #expect(evaluation.proposalRecall == nil)
    #expect(evaluation.detections.joined().allSatisfy { (1...6).contains($0.label) })
  }

  @Test(arguments: ["", "_fcos", "_tood"])
  func `seeds and nothing else make a difference`(suffix: String) throws {
    let recipe = try SmallTraining.recipe("reference_detector\(suffix)")
    func losses(seed: UInt64, threads: Int) throws -> [Double] {
      var trainer = try SmallTraining.trainer(recipe, seed: seed, threads: threads)
      return try (0..<4).map { _ in try trainer.advance().total }
    }
    let first = try losses(seed: 1, threads: 1)
    #expect(try losses(seed: 1, threads: 3) == first)
    #expect(try losses(seed: 2, threads: 1) != first)
  }

  static let misfits: [(settings: [String], message: String)] = [
    (
      ["stages.rpn.priors.strides=[16]"],
      """
      stage rpn: lays priors 16.0 pixels apart, but the model's feature map has stride 8: set the \
      recipe's "strides" to [8], or the model's "strides" to others
      """
    ),
    (
      ["stages.rpn.priors.strides=[16, 32]", "stages.rpn.priors.sizes=[[8], [16]]"],
      """
      stage rpn: lays priors [16.0, 32.0] pixels apart; expected each level twice as far as the one \
      before, and among them 8, the stride of the model's last map, with none coarser than that first: set \
      the "strides" of the recipe or of the model to others
      """
    ),
    (
      ["stages.rpn.priors.strides=[8, 16]", "stages.rpn.priors.sizes=[[8], [16]]"],
      """
      stage rpn, term rpn_cls: names rpn_cls_score; expected a prediction for each level of its priors, \
      2 here
      """
    ),
    (
      ["stages.rpn.priors.strides=[8, 16]", "stages.rpn.priors.sizes=[[8], [16, 24]]"],
      """
      stage rpn: has [3, 6] priors a cell; the levels of the reference detector share one head, and need \
      as many on each
      """
    ),
    (
      [
        "stages.rpn.priors.strides=[8, 16]", "stages.rpn.priors.sizes=[[8], [16]]",
        #"stages.rpn.terms.rpn_cls.prediction=["a", "b"]"#, "stages.rpn.terms.rpn_cls.layout=n p c",
      ],
      """
      stage rpn, term rpn_cls: has layout "n p c"; the reference detector predicts each level by itself, and \
      needs a layout with h and w
      """
    ),
    (
      [
        "stages.rpn.priors.strides=[8, 16]", "stages.rpn.priors.sizes=[[8], [16]]",
        #"stages.rpn.terms.rpn_cls.prediction=["a", "a"]"#,
        #"stages.rpn.terms.rpn_box.prediction=["b", "c"]"#,
      ],
      """
      stage rpn: names prediction "a", as another level or stage does; expected one of its own
      """
    ),
    (
      [#"stages.rcnn.terms.rcnn_cls.prediction="rpn_bbox_pred""#],
      """
      stage rcnn: names prediction "rpn_bbox_pred", as another level or stage does; expected one of its own
      """
    ),
    (
      ["stages.rcnn.priors=proposals"],
      """
      stage rcnn: takes its priors from outside; the reference detector has none to give: use \
      "proposal_layer", or priors on a feature map
      """
    ),
    (
      [#"stages.rpn.terms.rpn_cls.prediction=["a", "b"]"#],
      """
      stage rpn, term rpn_cls: names a, b; expected a prediction for each level of its priors, 1 here
      """
    ),
  ]

  @Test(arguments: misfits)
  func `a recipe that doesn't fit is refused`(
    _ misfit: (settings: [String], message: String)
  ) throws {
    let recipe = try SmallTraining.recipe("reference_detector", misfit.settings)
    #expect(throws: TrainingError(misfit.message)) { try SmallTraining.trainer(recipe) }
  }

  @Test func `class weights must be as many as the classes`() throws {
    let recipe = try SmallTraining.recipe(
      "reference_detector",
      [
        #"stages.rcnn.terms.rcnn_cls.loss={"type": "softmax_cross_entropy", "class_weights": [1, 2]}"#
      ])
    #expect {
      try SmallTraining.trainer(recipe)
    } throws: { error in
      let text = "\(error)"
      return text.hasPrefix("stage rcnn, term rcnn_cls: ")
        && text.contains("the data set has 6 classes, so that rows have 7 columns")
    }
  }
}
