import LossKit
import TestSupport
import Testing

@Suite struct CompareTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func recipes() throws -> (String, String) {
    let small = try folder.recipe()
    let other = try folder.write(
      #"""
      {
        "extends": "small",
        "name": "other",
        "stages": { "dense": { "terms": {
          "box": null,
          "l1": {
            "prediction": "deltas", "layout": "n c h w", "target": "box", "loss": "l1",
            "normalizer": "positives"
          }
        } } }
      }
      """#, to: "other.json")
    return (small, other)
  }

  @Test func termsStandSideBySide() throws {
    let (small, other) = try recipes()
    let answer = losskit("compare", small, other, "--bundle", try folder.bundle())
    #expect(answer.status == 0 && answer.errors.isEmpty)
    #expect(
      answer.text == """
        term          small  gradient     other  gradient
        dense.cls  0.693147    13.7 %  0.693147    20.0 %
        dense.box  3.25        86.3 %
        dense.l1                       2.5         80.0 %
        -------------------------------------------------
        total      3.94315             3.19315

        """)
  }

  @Test func jsonHoldsTheSame() throws {
    let (small, other) = try recipes()
    let bundle = try folder.bundle()
    let json = try losskit("compare", small, other, "--bundle", bundle, "--json").json
    #expect(json["bundle"]?.string == bundle)
    #expect(
      json["recipes", "0", "recipe"]?.string == small && json["recipes", "1", "name"] == "other")
    let l1 = try #require(json["recipes", "1", "terms", "1"])
    #expect(l1["term"] == "l1" && l1["weighted_value"] == 2.5)
    // Two derivatives of 1, and 8 of 1/8.
    let norms = (l1: 2.0.squareRoot(), cls: 0.125.squareRoot())
    let share = try #require(l1["gradient_share"]?.double)
    #expect(abs(share - norms.l1 / (norms.l1 + norms.cls)) < 1e-6)
  }

  @Test func recipesOfOneNameAreToldByTheirPaths() throws {
    let small = try folder.recipe()
    let answer = losskit("compare", small, small, "--bundle", try folder.bundle())
    #expect(answer.text.components(separatedBy: small).count == 3)
  }

  @Test func aTermWithoutGradientHasNoShare() throws {
    let answer = losskit(
      "compare", try folder.recipe(), "--bundle", try folder.bundle(), "--json",
      "--set", "stages.dense.terms.cls.weight=0", "--set", "stages.dense.terms.box.weight=0")
    #expect(try answer.json["recipes", "0", "terms", "0", "gradient_share"] == .null)
  }

  @Test func aRecipeThatDoesNotFitIsToldAndLeftOut() throws {
    let (small, other) = try recipes()
    let bundle = try folder.bundle()
    let wide = try folder.write(
      #"""
      {
        "extends": "small",
        "stages": { "dense": { "terms": { "cls": { "layout": "n p c" } } } }
      }
      """#, to: "wide.json")
    let none = folder.path("none.json")
    let answer = losskit("compare", small, wide, other, none, "--bundle", bundle)
    #expect(answer.status == 1)
    #expect(
      answer.errors == """
        \(wide) on \(bundle): prediction "scores": shape [1, 2, 2, 2] has 4 axes, but layout "n p c" \
        has 3
        \(none): no such file
        losskit: error: 2 of 4 recipes can't be compared

        """)
    // The others are compared as if they were alone.
    #expect(answer.text == losskit("compare", small, other, "--bundle", bundle).text)

    let json = try losskit("compare", small, none, other, "--bundle", bundle, "--json").json
    #expect(json["recipes"]?.elements.count == 3 && json["recipes", "2", "name"] == "other")
    #expect(
      json["recipes", "1"]
        == ["recipe": JSONNode(none), "errors": [JSONNode("\(none): no such file")]])
    let alone = losskit("compare", none, "--bundle", bundle)
    #expect(alone.status == 1 && alone.text.isEmpty)
    #expect(
      alone.errors == "\(none): no such file\nlosskit: error: the recipe can't be compared\n")
  }

  @Test func withoutABundleThereIsNothingToCompareOn() throws {
    let small = try folder.recipe()
    #expect(losskit("compare", small, "--bundle", folder.path("none")).status == 1)
    #expect(losskit("compare", small).status == 2)
  }
}
