import LossCore
import Testing

@Suite struct DeclarationTests {
  private enum Side: String, CaseIterable { case left, right }

  private static let rate = Parameter("rate", .number(.between(0, 1)), default: 0.5, help: "")
  private static let count = Parameter("count", .integer(.atLeast(1)), help: "")
  private static let weights = Parameter(
    "weights", .list(of: .number(.atLeast(0))), default: nil, help: "")
  private static let scales = Parameter(
    "scales", .list(of: .number(.above(0))), default: 8, help: "")
  private static let flag = Parameter("flag", .boolean, default: false, help: "")
  private static let side = Parameter("side", .choice, default: Side.left, help: "")
  private static let title = Parameter("title", .string, default: "none", help: "")
  private static let sizes = Parameter(
    "sizes", .list(of: .list(of: .integer(.any))), default: [[1, 2], [3]], help: "")

  private let declaration = Declaration(
    name: "part", summary: "", formula: "", source: "",
    parameters: [rate, count, weights, scales, flag, side, title, sizes])

  @Test func fillsInDefaults() throws {
    let parameters = try declaration.resolve(["count": 2])
    #expect(parameters[Self.rate] == 0.5)
    #expect(parameters[Self.count] == 2)
    #expect(parameters[Self.weights] == nil)
    #expect(parameters[Self.scales] == [8])
    #expect(!parameters[Self.flag])
    #expect(parameters[Self.side] == .left)
    #expect(parameters[Self.title] == "none")
    #expect(parameters[Self.sizes] == [[1, 2], [3]])
  }

  @Test func takesWhatIsGiven() throws {
    let parameters = try declaration.resolve([
      "rate": 1, "count": 3.0, "weights": [0, 0.5], "scales": 4, "flag": true, "side": "right",
      "title": "all", "sizes": 5,
    ])
    #expect(parameters[Self.rate] == 1)
    #expect(parameters[Self.count] == 3)
    #expect(parameters[Self.weights] == [0, 0.5])
    #expect(parameters[Self.scales] == [4])
    #expect(parameters[Self.flag])
    #expect(parameters[Self.side] == .right)
    #expect(parameters[Self.title] == "all")
    #expect(parameters[Self.sizes] == [[5]])
  }

  @Test func readsWithoutATypeWhatIsDeclaredAtRunTime() throws {
    let parameter = AnyParameter("rate", .number(.any), default: 1, help: "")
    let declaration = Declaration(
      name: "part", summary: "", formula: "", source: "", parameters: [parameter])
    #expect(try declaration.resolve([:])[parameter] == 1.0)
  }

  @Test func showsDefaultsAsTheyAreWritten() {
    let defaults = declaration.parameters.map { $0.defaultValue?.description }
    #expect(
      defaults == [
        "0.5", nil, "null", "8", "false", "\"left\"", "\"none\"", "[[1, 2], [3]]",
      ])
  }

  @Test func reportsEverythingAtOnce() {
    let names = "rate, count, weights, scales, flag, side, title, sizes"
    let error = #expect(throws: ParameterErrors.self) {
      try declaration.resolve(
        ["rate": 2, "weights": [1, -1], "scales": .null, "flagg": true, "cuont": 1])
    }
    #expect(
      error?.description == """
        part: "rate" is 2; expected 0 … 1
        part: "count" is missing; expected integer
        part: "weights" is -1; expected ≥ 0
        part: "scales" is null; expected list of numbers
        part: "cuont" is unknown; expected one of \(names)
        part: "flagg" is unknown; expected one of \(names)
        """)
    #expect(error?.errors.last?.choices == declaration.parameters.map(\.name))
  }

  @Test func saysThatThereAreNoParameters() {
    let bare = Declaration(name: "bare", summary: "", formula: "", source: "")
    let error = #expect(throws: ParameterErrors.self) { try bare.resolve(["beta": 1]) }
    #expect(error?.description == "bare: \"beta\" is unknown; bare has no parameters")
  }

  @Test func readingWhatIsNotDeclaredEndsTheProcess() async {
    await #expect(processExitsWith: .failure) {
      let undeclared = Parameter("beta", .boolean, default: false, help: "")
      let bare = Declaration(name: "bare", summary: "", formula: "", source: "")
      _ = try bare.resolve([:])[undeclared]
    }
  }
}
