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
  private let isLowered: Bool
  private let keepsConstants: Bool

  /// The steps of `results`.
  ///
  /// - Parameter keepsConstants: Whether ``FormulaValue/constant(_:)`` is a step, which changes no number.
  public init(_ results: [TracedValue], keepsConstants: Bool = false) {
    self.init(results, lowered: false, keepsConstants: keepsConstants)
  }

  /// - Parameter isLowered: Whether they are those that programs have: ``FloatingPointLanes/sigmoid(_:)`` and
  ///   ``FloatingPointLanes/softplus(_:)`` taken apart, so that those of x and −x have one exponential, and
  ///   comparisons joined with what they choose.
  init(_ results: [TracedValue], lowered isLowered: Bool, keepsConstants: Bool = false) {
    self.keepsConstants = keepsConstants
    self.isLowered = isLowered
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
    case .number: place(of: Number(node.number))
    case .variable:
      place(of: Step(operation: .variable, operands: [], number: 0, name: node.name))
    case .constant where !keepsConstants: operands[0]
    case .sigmoid where isLowered: sigmoid(operands[0])
    case .softplus where isLowered: softplus(operands[0])
    default: place(node.operation, operands)
    }
  }

  private mutating func place(_ operation: FormulaOperation, _ operands: [Int]) -> Int {
    let numbers = operands.map { steps[$0] }
    if numbers.allSatisfy({ $0.operation == .number }) {
      return place(of: operation.apply(numbers.map(\.number)))
    }
    switch operation {
    case .select where numbers[0].operation == .number:
      return numbers[0].number > 0 ? operands[1] : operands[2]
    case .maximum where numbers[1].operation == .number && numbers[1].number == -.infinity,
      .minimum where numbers[1].operation == .number && numbers[1].number == .infinity:
      return operands[0]
    case .and where numbers.contains(where: { $0.operation == .number }):
      let (known, other) = numbers[0].operation == .number ? (0, 1) : (1, 0)
      return operands[numbers[known].number > 0 ? other : known]
    case .or where numbers.contains(where: { $0.operation == .number }):
      let (known, other) = numbers[0].operation == .number ? (0, 1) : (1, 0)
      return operands[numbers[known].number > 0 ? known : other]
    case .select where isLowered: return select(operands)
    // x 1 and x / 1 are x.
    case .multiply where isNumber(operands[1], 1), .divide where isNumber(operands[1], 1):
      return operands[0]
    case .multiply where isNumber(operands[0], 1): return operands[1]
    case .negate where numbers[0].operation == .negate: return numbers[0].operands[0]
    case .add where isLowered, .subtract where isLowered, .multiply where isLowered:
      return arithmetic(operation, operands)
    // Neither sign matters.
    case .magnitude where numbers[0].operation == .negate:
      return place(.magnitude, numbers[0].operands)
    case .magnitude where numbers[0].operation == .magnitude: return operands[0]
    default:
      return place(of: Step(operation: operation, operands: operands, number: 0, name: ""))
    }
  }

  private func isNumber(_ index: Int, _ number: Number) -> Bool {
    steps[index].operation == .number && steps[index].number == number
  }

  /// A sum, difference or product in the one form of several that round to the same number: derivatives come in
  /// many.
  private mutating func arithmetic(_ operation: FormulaOperation, _ operands: [Int]) -> Int {
    let (left, right) = (operands[0], operands[1])
    switch operation {
    case .multiply where isNumber(left, -1): return place(.negate, [right])
    case .multiply where isNumber(right, -1): return place(.negate, [left])
    case .add where left == right: return place(.multiply, [left, place(of: 2)])
    case .add:
      if let opposite = opposite(of: right) { return place(.subtract, [left, opposite]) }
      if let opposite = opposite(of: left) { return place(.subtract, [right, opposite]) }
    case .subtract:
      if let opposite = opposite(of: right) { return place(.add, [left, opposite]) }
    default: break
    }
    return place(
      of: Step(
        operation: operation, operands: operation == .subtract ? operands : operands.sorted(),
        number: 0, name: ""))
  }

  /// What a step changes the sign of: x of −x, and x y of (−x) y; else `nil`.
  private mutating func opposite(of index: Int) -> Int? {
    let step = steps[index]
    switch step.operation {
    case .negate: return step.operands[0]
    case .multiply:
      for (factor, other) in [(0, 1), (1, 0)] {
        let factor = steps[step.operands[factor]]
        if factor.operation == .negate {
          return place(.multiply, [factor.operands[0], step.operands[other]])
        }
      }
      return nil
    default: return nil
    }
  }

  private mutating func select(_ operands: [Int]) -> Int {
    let (condition, accepted, other) = (steps[operands[0]], operands[1], operands[2])
    let operation: FormulaOperation
    var sides = condition.operands
    switch condition.operation {
    case .greater where isNumber(accepted, 1) && isNumber(sides[1], 0):
      let rest = steps[other]
      let isSign =
        rest.operation == .selectLess && rest.operands[0] == sides[0]
        && isNumber(rest.operands[1], 0) && isNumber(rest.operands[2], -1)
        && isNumber(rest.operands[3], 0)
      if isSign { return place(.sign, [sides[0]]) }
      operation = .selectLess
      sides.reverse()
    case .less: operation = .selectLess
    case .lessOrEqual: operation = .selectLessOrEqual
    case .greater:
      operation = .selectLess
      sides.reverse()
    case .greaterOrEqual:
      operation = .selectLessOrEqual
      sides.reverse()
    default:
      return place(of: Step(operation: .select, operands: operands, number: 0, name: ""))
    }
    return place(
      of: Step(operation: operation, operands: sides + [accepted, other], number: 0, name: ""))
  }

  // Operation by operation what the functions of vectors do.

  private mutating func sigmoid(_ x: Int) -> Int {
    let (zero, one) = (place(of: 0), place(of: 1))
    let exponential = decay(x)
    let lesser = place(.divide, [exponential, place(.add, [one, exponential])])
    // At 0 both are a half.
    if isNegativeSize(x) { return lesser }
    return place(.select, [place(.less, [x, zero]), lesser, place(.subtract, [one, lesser])])
  }

  private mutating func softplus(_ x: Int) -> Int {
    place(.add, [place(.maximum, [x, place(of: 0)]), place(.decayLogarithm, [decay(x)])])
  }

  /// The same of x, −x and |x|.
  private mutating func decay(_ x: Int) -> Int {
    var x = x
    while [.negate, .magnitude].contains(steps[x].operation) { x = steps[x].operands[0] }
    return place(.decay, [x])
  }

  private func isNegativeSize(_ index: Int) -> Bool {
    let step = steps[index]
    return step.operation == .negate && steps[step.operands[0]].operation == .magnitude
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
