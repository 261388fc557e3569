import LossCore
import Testing

@Suite struct DeclarationTests {
  private let declaration = Declaration(
    name: "part", summary: "", formula: "", source: "",
    parameters: [
      .number("rate", default: 0.5, .between(0, 1), ""),
      .integer("count", default: nil, .atLeast(1), ""),
      .numbers("weights", default: .null, .atLeast(0), ""),
      .numbers("scales", default: 8, .above(0), ""),
      .boolean("flag", default: false, ""),
    ])

  @Test func fillsInDefaults() throws {
    let parameters = try declaration.resolve(["count": 2])
    #expect(try parameters.number("rate") == 0.5)
    #expect(try parameters.integer("count") == 2)
    #expect(try parameters.optionalNumbers("weights") == nil)
    #expect(try parameters.numbers("scales") == [8])
    #expect(try parameters.boolean("flag") == false)
  }

  @Test func takesWhatIsGiven() throws {
    let parameters = try declaration.resolve(
      ["rate": 1, "count": 3.0, "weights": [0, 0.5], "scales": 4, "flag": true])
    #expect(try parameters.number("rate") == 1)
    #expect(try parameters.integer("count") == 3)
    #expect(try parameters.optionalNumbers("weights") == [0, 0.5])
    #expect(try parameters.numbers("scales") == [4])
    #expect(try parameters.boolean("flag"))
  }

  @Test func reportsEverythingAtOnce() {
    let names = "rate, count, weights, scales, flag"
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
    #expect(error?.errors.last?.choices == ["rate", "count", "weights", "scales", "flag"])
  }

  @Test func saysThatThereAreNoParameters() {
    let bare = Declaration(name: "bare", summary: "", formula: "", source: "")
    let error = #expect(throws: ParameterErrors.self) { try bare.resolve(["beta": 1]) }
    #expect(error?.description == "bare: \"beta\" is unknown; bare has no parameters")
  }

  @Test func refusesToReadWhatWasNotDeclared() throws {
    let parameters = try declaration.resolve(["count": 2])
    #expect(throws: ParameterError("beta", "is not declared")) { try parameters.number("beta") }
    #expect(throws: ParameterError("flag", "is not declared as a number")) {
      try parameters.number("flag")
    }
    #expect(throws: ParameterError("rate", "is not declared as an integer")) {
      try parameters.integer("rate")
    }
    #expect(throws: ParameterError("rate", "is not declared as true or false")) {
      try parameters.boolean("rate")
    }
    #expect(throws: ParameterError("rate", "is not declared as a string")) {
      try parameters.string("rate")
    }
    #expect(throws: ParameterError("weights", "is not declared as a list of numbers")) {
      try parameters.numbers("weights")
    }
    #expect(throws: ParameterError("scales", "is not declared as a list of lists")) {
      try parameters.numberLists("scales")
    }
  }
}
