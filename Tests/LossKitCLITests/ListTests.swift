import LossKit
import Testing

@Suite struct ListTests {
  @Test func everyComponentHasALineWithItsSummary() throws {
    let answer = losskit("list")
    #expect(answer.status == 0 && answer.errors.isEmpty)
    let lines = answer.text.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(lines.first == ["kind", "name", "summary"])

    let registry = try Registry.builtIn()
    let components = ComponentKind.allCases.flatMap { kind in
      kind.declarations(in: registry).map { [kind.rawValue, $0.name] }
    }
    let expected = components + DetectionRecipe.shippedNames.map { ["recipe", $0] }
    #expect(lines.dropFirst().map { $0.prefix(2).map(String.init) } == expected)
    #expect(lines.allSatisfy { $0.count > 2 })
  }

  @Test func oneKind() throws {
    let answer = losskit("list", "coder")
    #expect(answer.status == 0)
    #expect(
      answer.text == """
        kind   name               summary
        coder  delta_xywh         Centre offsets in sides of the prior, log ratios of the sides.
        coder  distances          Distances from the prior's centre to the left, upper, right and lower side.
        coder  normalized_cxcywh  Centre and sides in shares of the prior, which is the image as a rule.
        coder  tblr               Distances from the prior's centre to the upper, lower, left and right side.

        """)
  }

  @Test func recipesHaveTheFirstSentenceOfTheirDescriptions() throws {
    let nodes = try losskit("list", "recipe", "--json").json.elements
    #expect(nodes.compactMap { $0["name"]?.string } == DetectionRecipe.shippedNames)
    #expect(
      nodes.first { $0["name"] == "fcos_torchvision" } == [
        "kind": "recipe", "name": "fcos_torchvision",
        "summary": """
        torchvision's FCOS: positives within 1.5 strides of the centre of the smallest object, and all \
        sums divided by the positives of the batch.
        """,
      ])
    #expect(
      losskit("list", "recipe").text.contains(
        "\nrecipe  reference_detector_huber      Huber losses on boxes in both stages.\n"))
  }

  @Test func jsonHoldsTheSame() throws {
    let nodes = try losskit("list", "loss", "--json").json.elements
    let entries = try Registry.builtIn().losses.entries
    #expect(
      nodes
        == entries.map { entry in
          [
            "kind": "loss", "name": JSONNode(entry.declaration.name),
            "summary": JSONNode(entry.declaration.summary),
          ]
        })
  }

  @Test func unknownKind() {
    let answer = losskit("list", "los")
    #expect(answer.status == 2 && answer.text.isEmpty)
    #expect(
      answer.errors.contains(
        "expected one of loss, priors, assigner, cost, sampler, coder, target, row_weight, "
          + "recipe; got \"los\"; "
          + "did you mean \"loss\"?"))
  }
}
