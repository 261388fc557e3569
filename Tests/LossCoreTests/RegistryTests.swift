import LossCore
import LossKernels
import Testing

/// A loss that claims a name which is already taken.
private struct Impostor: ElementwiseLoss {
  static let declaration = SquareLoss.declaration
  init(parameters: Parameters) {}
  func evaluate<Value: FormulaValue>(
    _ prediction: Value, against target: Value
  ) -> (value: Value, derivative: Value) { (0, 0) }
}

/// A sampler that has the name of a loss, which is no clash.
private struct SquareSampler: Sampler {
  static let declaration = Declaration(name: "square", summary: "", formula: "", source: "")
  init(parameters: Parameters) {}
  func sample(_ assignment: Assignment, _ request: SampleRequest) throws(InputError) -> Sample {
    Sample(everyPriorOf: assignment)
  }
}

@Suite struct RegistryTests {
  @Test func refusesANameTwiceAndNamesBoth() throws {
    var registry = Registry()
    try registry.register(SquareLoss.self)
    let error = #expect(throws: DuplicateNameError.self) {
      try registry.register(Impostor.self)
    }
    #expect(error?.kind == "loss")
    #expect(error?.name == "square")
    #expect(error?.first == "LossCoreTests.SquareLoss")
    #expect(error?.second.hasSuffix("Impostor") == true)
    #expect(
      error?.description == "the loss \"square\" of \(error?.second ?? "") is already registered "
        + "by LossCoreTests.SquareLoss; rename one of them")
    #expect(registry.losses["square"]?.origin == "LossCoreTests.SquareLoss")
  }

  @Test func keepsKindsApart() throws {
    var registry = Registry()
    try registry.register(SquareLoss.self)
    try registry.register(SquareSampler.self)
    #expect(registry.losses.names == ["square"])
    #expect(registry.samplers.names == ["square"])
    #expect(registry.assigners.names == [])
  }

  @Test func isAValue() throws {
    var registry = Registry()
    try registry.register(SquareLoss.self)
    var copy = registry
    try copy.register(PickLoss.self)
    #expect(copy.losses.names == ["pick", "square"])
    #expect(copy.losses.entries.map(\.declaration.name) == ["pick", "square"])
    #expect(registry.losses.names == ["square"])
  }

  @Test func makesByName() throws {
    var registry = Registry()
    try registry.register(SquareLoss.self)
    let x = Tensor<Float>([2])
    let entry = try #require(registry.losses["square"])
    let loss = try entry.make(["factor": 3])
    let result = try loss.evaluate(
      try Tensor(shape: [1, 1], elements: x.elements),
      targets: .dense(try Tensor(shape: [1, 1], elements: [0])))
    #expect(result.value == 6)
    #expect(registry.losses["cube"] == nil)
  }

  @Test func reportsWhatIsWrongWithTheParameters() throws {
    var registry = Registry()
    try registry.register(SquareLoss.self)
    let entry = try #require(registry.losses["square"])
    let error = #expect(throws: ParameterErrors.self) { try entry.make(["factor": -1, "x": 1]) }
    #expect(
      error?.description == """
        square: "factor" is -1; expected ≥ 0
        square: "x" is unknown; expected one of factor
        """)
  }
}
