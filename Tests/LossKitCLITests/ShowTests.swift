import LossKit
import Testing

@Suite struct ShowTests {
  @Test func huber() {
    let answer = losskit("show", "huber")
    #expect(answer.status == 0 && answer.errors.isEmpty)
    #expect(
      answer.text == """
        huber (loss)
        Quadratic near zero, linear beyond, derivative at most delta.

          x = prediction - target
          l = 0.5 x^2 where |x| <= delta, delta (|x| - 0.5 delta) beyond
          dl/dx = x where |x| <= delta, delta sign(x) beyond

        parameter  type    default  range  meaning
        delta      number  1        > 0    Where the quadratic part ends.

        Source: Huber 1964; torch.nn.functional.huber_loss

        """)
  }

  @Test func withoutParametersItSaysSo() {
    #expect(losskit("show", "all").text.contains("\n\nNo parameters.\n\n"))
  }

  @Test func jsonHoldsTheParameters() throws {
    let json = try losskit("show", "max_iou", "--json").json
    #expect(json["0", "kind"] == "assigner" && json["1"] == nil)
    #expect(
      json["0", "parameters", "0"] == [
        "name": "positive_iou", "type": "number", "required": false, "default": 0.7,
        "range": "0 … 1", "meaning": "Least IoU of a positive prior.",
      ])
  }

  @Test func everyComponentCanBeShown() throws {
    for component in try losskit("list", "--json").json.elements {
      let name = try #require(component["name"]?.string)
      #expect(losskit("show", name).text.hasPrefix("\(name) ("))
      let shown = try losskit("show", name, "--json").json
      #expect(shown["0", "summary"] == component["summary"])
    }
  }

  @Test func unknownNameProposesTheNearest() {
    let answer = losskit("show", "smoth_l1")
    #expect(answer.status == 2 && answer.text.isEmpty)
    #expect(
      answer.errors.hasPrefix(
        "losskit show: no component is called \"smoth_l1\"; 'losskit list' shows all; "
          + "did you mean \"smooth_l1\"?\n"))
  }
}
