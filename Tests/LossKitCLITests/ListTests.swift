import LossKit
import Testing

@Suite struct ListTests {
  @Test func everyComponentHasALineWithItsSummary() throws {
    let answer = losskit("list")
    #expect(answer.status == 0 && answer.errors.isEmpty)
    let lines = answer.text.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(lines.first == ["kind", "name", "summary"])

    let registry = try Registry.builtIn()
    let catalogs = [
      ("loss", registry.losses.names), ("priors", registry.priors.names),
      ("assigner", registry.assigners.names), ("sampler", registry.samplers.names),
      ("coder", registry.coders.names),
    ]
    let expected = catalogs.flatMap { kind, names in names.map { [kind, $0] } }
    #expect(lines.dropFirst().map { $0.prefix(2).map(String.init) } == expected)
    #expect(lines.allSatisfy { $0.count > 2 })
  }

  @Test func oneKind() throws {
    let answer = losskit("list", "coder")
    #expect(answer.status == 0)
    #expect(
      answer.text == """
        kind   name        summary
        coder  delta_xywh  Centre offsets in sides of the prior, log ratios of the sides.

        """)
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
        "expected one of loss, priors, assigner, sampler, coder; got \"los\"; "
          + "did you mean \"loss\"?"))
  }
}
