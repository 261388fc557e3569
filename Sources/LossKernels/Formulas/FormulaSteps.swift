/// The steps of traced values in an order in which they can be computed, each once, and none that nobody reads.
///
/// What is computed of numbers alone is computed here, in the format of the numbers.
public struct FormulaSteps<Number: RealScalar>: Sendable {
  /// One step.
  public struct Step: Sendable, Equatable {
    /// What is done.
    public let operation: FormulaOperation
    /// The indices of the steps that it is done with.
    public let operands: [Int]
    /// The number, of a step that is one; else 0.
    public let number: Number
    /// The name, of a step that is a variable; else empty.
    public let name: String
  }

  /// All steps.
  public private(set) var steps: [Step] = []
  /// The step of each result.
  public private(set) var results: [Int] = []

  private struct Key: Hashable {
    let operation: FormulaOperation
    let operands: [Int]
    let number: Number
    let isNegative: Bool
    let name: String
  }
  private var indices: [Key: Int] = [:]

  /// The steps of `results`.
  public init(_ results: [TracedValue]) {
    var places: [ObjectIdentifier: Int] = [:]
    for result in results {
      // Not by recursion: a formula is as deep as it likes.
      var open = [result.node]
      while let node = open.last {
        guard places[ObjectIdentifier(node)] == nil else {
          open.removeLast()
          continue
        }
        let missing = node.operands.filter { places[ObjectIdentifier($0)] == nil }
        guard missing.isEmpty else {
          open += missing.reversed()
          continue
        }
        let operands = node.operands.compactMap { places[ObjectIdentifier($0)] }
        places[ObjectIdentifier(node)] = place(of: node, operands)
        open.removeLast()
      }
      self.results.append(places[ObjectIdentifier(result.node)] ?? 0)
    }
    keepWhatIsRead()
  }

  private mutating func place(of node: FormulaNode, _ operands: [Int]) -> Int {
    switch node.operation {
    case .number: return place(of: Number(node.number))
    case .variable: break
    case .constant: return operands[0]
    case .select where steps[operands[0]].operation == .number:
      return steps[operands[0]].number > 0 ? operands[1] : operands[2]
    default:
      let numbers = operands.map { steps[$0] }
      if numbers.allSatisfy({ $0.operation == .number }) {
        return place(of: node.operation.apply(numbers.map(\.number)))
      }
    }
    return place(
      of: Step(operation: node.operation, operands: operands, number: 0, name: node.name))
  }

  private mutating func place(of number: Number) -> Int {
    place(of: Step(operation: .number, operands: [], number: number, name: ""))
  }

  private mutating func place(of step: Step) -> Int {
    // −0 equals 0, but isn't the same number.
    let key = Key(
      operation: step.operation, operands: step.operands, number: step.number,
      isNegative: step.number.sign == .minus, name: step.name)
    if let place = indices[key] { return place }
    indices[key] = steps.count
    steps.append(step)
    return steps.count - 1
  }

  private mutating func keepWhatIsRead() {
    var isRead = [Bool](repeating: false, count: steps.count)
    for result in results { isRead[result] = true }
    for (index, step) in steps.enumerated().reversed() where isRead[index] {
      for operand in step.operands { isRead[operand] = true }
    }
    var places = [Int](repeating: 0, count: steps.count)
    var kept: [Step] = []
    for (index, step) in steps.enumerated() where isRead[index] {
      places[index] = kept.count
      kept.append(
        Step(
          operation: step.operation, operands: step.operands.map { places[$0] },
          number: step.number, name: step.name))
    }
    steps = kept
    results = results.map { places[$0] }
    indices = [:]
  }
}
