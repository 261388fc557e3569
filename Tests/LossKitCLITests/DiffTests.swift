import CommandLineTestSupport
import LossKit
import TestSupport
import Testing

@Suite struct DiffTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func mine() throws -> String {
    try folder.write(
      #"""
      {
        "name": "mine",
        "extends": "small",
        "stages": { "dense": {
          "description": "sparse",
          "terms": { "box": { "weight": null, "loss": { "type": "huber", "delta": 2 } } },
          "priors": { "sizes": [[8]] }
        } }
      }
      """#, to: "mine.json")
  }

  @Test func aLineAPlaceInTheOrderOfTheFirst() throws {
    #expect(
      losskit("diff", try folder.recipe(), try mine())
        == Answer(
          0,
          """
          stages.dense.priors.sizes.0.0: 16 → 8
          stages.dense.terms.box.loss.type: "smooth_l1" → "huber"
          stages.dense.terms.box.loss.beta: 1 → —
          stages.dense.terms.box.loss.delta: — → 2
          stages.dense.terms.box.weight: 2 → —
          stages.dense.description: — → "sparse"
          name: — → "mine"

          """))
  }

  @Test func jsonHoldsTheSame() throws {
    let json = try losskit("diff", try folder.recipe(), try mine(), "--json").json
    #expect(json["0"] == ["path": "stages.dense.priors.sizes.0.0", "old": 16, "new": 8])
    #expect(json["2"] == ["path": "stages.dense.terms.box.loss.beta", "old": 1])
    #expect(json["6"] == ["path": "name", "new": "mine"])
  }

  @Test func shippedRecipesHaveNames() throws {
    let answer = losskit("diff", "faster_rcnn_tf", "faster_rcnn_pytorch")
    #expect(answer.status == 0)
    #expect(answer.text.hasSuffix("\nstages.rpn.assigner.low_quality_iou: 0 → 1e-05\n"))
    #expect(losskit("diff", "atss", "atss.json") == Answer(0))
  }

  @Test func aRecipeThatIsMissing() throws {
    #expect(
      losskit("diff", "atss", "fcos_mmdett")
        == Answer(
          1,
          errors: "losskit: error: fcos_mmdett: no such file; did you mean \"fcos_mmdet\"?\n"))
  }
}
