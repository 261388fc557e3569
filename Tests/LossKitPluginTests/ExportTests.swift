import LossKit
import LossKitPlugin
import PluginABI
import Testing

/// What a plugin in Swift puts into its table.
@Suite struct ExportTests {
  @Test func theTable() {
    let table = PluginExport.table("mine", losses: [HuberLoss.self, NLLLoss.self]).pointee
    #expect(table.abi_version == LOSSKIT_ABI_VERSION)
    #expect(String(cString: table.name) == "mine")
    #expect(table.loss_count == 2)
    #expect(String(cString: table.losses[0].name) == "huber")
    #expect(String(cString: table.losses[1].name) == "nll")
  }

  @Test func aLossSaysWhatItsDeclarationDoes() {
    let loss = ExportedTable(HuberLoss.self).loss
    let declaration = HuberLoss.declaration
    #expect(String(cString: loss.summary) == declaration.summary)
    #expect(String(cString: loss.formula) == declaration.formula)
    #expect(String(cString: loss.source) == declaration.source)
    #expect(loss.targets == LOSSKIT_DENSE && loss.values == LOSSKIT_PER_ELEMENT)
    #expect(loss.flags == LOSSKIT_THREAD_SAFE | LOSSKIT_READS_DIFFERENCE)

    let classes = ExportedTable(SoftmaxCrossEntropyLoss.self).loss
    #expect(classes.targets == LOSSKIT_CLASSES && classes.values == LOSSKIT_PER_ROW)
    #expect(classes.flags == LOSSKIT_THREAD_SAFE)

    let boxes = ExportedTable(GIoULoss.self).loss
    #expect(boxes.targets == LOSSKIT_BOX_PAIRS && boxes.values == LOSSKIT_PER_ROW)
  }

  @Test func parametersOfEveryKind() throws {
    let loss = ExportedTable(ManyParameters.self).loss
    let parameters = UnsafeBufferPointer(start: loss.parameters, count: loss.parameter_count)
    #expect(
      parameters.map(\.type) == [
        LOSSKIT_NUMBER, LOSSKIT_INTEGER, LOSSKIT_BOOLEAN, LOSSKIT_CHOICE, LOSSKIT_TEXT,
        LOSSKIT_NUMBERS, 0,
      ])
    #expect(
      parameters.map(\.bounds) == [
        LOSSKIT_ABOVE, LOSSKIT_AT_LEAST | LOSSKIT_AT_MOST, 0, 0, 0, LOSSKIT_AT_LEAST, 0,
      ])
    #expect(parameters[1].minimum == 1 && parameters[1].maximum == 9)
    #expect(parameters[3].choice_count == 2)
    #expect(String(cString: try #require(parameters[3].choices[1])) == "b")
    #expect(parameters[5].count == 2)

    #expect(parameters[0].default_value.pointee.number == 3)
    #expect(parameters[1].default_value == nil, "must be given")
    #expect(parameters[2].default_value.pointee.integer == 1)
    #expect(String(cString: parameters[3].default_value.pointee.text) == "a")
    #expect(String(cString: parameters[4].default_value.pointee.text) == "été")
    #expect(parameters[5].default_value.pointee.type == LOSSKIT_NULL)
  }

  @Test func aLossEvaluatesAsItDoesWithoutATable() throws {
    let table = ExportedTable(HuberLoss.self)
    let answer = try table.evaluate(
      [0.5, -4, 2, 0], against: [0, 0, 1, 0], width: 2, values: ["delta": .number(2)])
    #expect(answer.values == [0.125, 6, 0.5, 0])
    #expect(answer.gradient == [0.5, -2, 1, 0])
    #expect(answer.reason == nil)
    let without = try table.evaluate(
      [0.5, -4, 2, 0], against: [0, 0, 1, 0], width: 2, gradient: false)
    #expect(without.gradient == nil && without.values == [0.125, 3.5, 0.5, 0])
  }

  @Test func aClassLossToo() throws {
    let table = ExportedTable(NLLLoss.self)
    let answer = try table.evaluate([-1, -2, -3, -4], classes: [1, 0], width: 2)
    #expect(answer.values == [2, 3] && answer.gradient == [0, -1, -1, 0])
    #expect(table.columns(classes: 20) == 21)
  }

  @Test func aWidthIsRefusedWithoutRows() throws {
    let table = ExportedTable(BCEWithLogitsLoss.self)
    let refused = try table.evaluate([], against: [], width: 3, values: ["pos_weight": [1, 2]])
    #expect(refused.reason == "pos_weight: has 2 weights for 3 columns")
    let taken = try table.evaluate([], against: [], width: 2, values: ["pos_weight": [1, 2]])
    #expect(taken.reason == nil)
  }

  @Test func parametersThatDoNotGoTogetherAreRefused() throws {
    #expect(throws: CreationError.self) {
      try ExportedTable(SmoothL1Loss.self).evaluate(
        [1], against: [0], width: 1, values: ["beta": .number(1), "sigma": .number(1)])
    }
  }
}

/// A loss with a parameter of every kind, the last of which C has no place for.
private struct ManyParameters: ElementwiseLoss {
  enum Choice: String, CaseIterable { case a, b }

  static let declaration = Declaration(
    name: "many", summary: "Nothing.", formula: "0", source: "A test",
    parameters: [
      Parameter("number", .number(.above(0)), default: 3, help: "A number."),
      Parameter("integer", .integer(.between(1, 9)), help: "A whole number."),
      Parameter("boolean", .boolean, default: true, help: "Yes or no."),
      Parameter("choice", .choice, default: Choice.a, help: "A choice."),
      Parameter("text", .string, default: "été", help: "A text."),
      Parameter(
        "numbers", .list(of: .number(.atLeast(0)), count: 2), default: nil, help: "Two numbers."),
      Parameter(
        "lists", .list(of: .list(of: .number(.any))), default: [[1]], help: "Lists."),
    ])

  init(parameters: Parameters) {}

  func evaluate<Value: FormulaValue>(
    _ prediction: Value, against target: Value
  ) -> (value: Value, derivative: Value) { (0, 0) }
}
