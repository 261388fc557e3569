/// The operations of a program in their order: steps alone, and two at a time where one pass over a part can do both.
///
/// Of arithmetic where one operation reads the other's result, that result goes through a register in place of
/// memory; two choices by one comparison compare once.
struct FormulaSchedule<Number: RealScalar> {
  /// One pass of a program.
  struct Entry {
    let pass: FormulaPass
    /// The steps that it reads.
    let operands: [Int]
    /// The steps that it computes: of two joined ones the second, and then the first if anybody else reads it; of
    /// two choices the first, and then the second.
    let results: [Int]
  }

  private(set) var entries: [Entry] = []
  private let steps: [FormulaSteps<Number>.Step]
  /// The steps that read a step.
  private let readers: [[Int]]
  /// Where a step is done: at its own place, or at that of the one with which it is.
  private var places: [Int]
  private var partners: [Int?]

  init(_ traced: FormulaSteps<Number>) {
    steps = traced.steps
    var readers = [[Int]](repeating: [], count: steps.count)
    for (index, step) in steps.enumerated() {
      for operand in Set(step.operands) { readers[operand].append(index) }
    }
    self.readers = readers
    places = Array(steps.indices)
    partners = Array(repeating: nil, count: steps.count)
    let results = Set(traced.results)
    func isRead(_ first: Int) -> Bool { readers[first].count > 1 || results.contains(first) }

    pairChoices()
    // First those of which nobody else reads the inner one: its result then needs no place.
    joinArithmetic { !isRead($0) }
    joinArithmetic { isRead($0) }

    for (index, step) in steps.enumerated()
    where step.operation != .number && step.operation != .variable && places[index] == index {
      guard let partner = partners[index] else {
        entries.append(
          Entry(pass: .alone(step.operation), operands: step.operands, results: [index]))
        continue
      }
      let (first, second) = (Swift.min(index, partner), Swift.max(index, partner))
      if let operation = Self.doubled(step.operation) {
        entries.append(
          Entry(
            pass: .joined(operation),
            operands: steps[first].operands + steps[second].operands.dropFirst(2),
            results: [first, second]))
      } else if let (operation, others) = joined(first, second) {
        let operands = steps[first].operands
        entries.append(
          Entry(
            pass: .joined(operation),
            operands: [operands[0], operands[operands.count - 1]] + others,
            results: isRead(first) ? [second, first] : [second]))
      }
    }
  }

  private mutating func pairChoices() {
    var open: [[Int]: Int] = [:]
    for (index, step) in steps.enumerated() where Self.doubled(step.operation) != nil {
      let comparison = [Int(step.operation.rawValue)] + step.operands.prefix(2)
      if let first = open[comparison], pair(first, index, others: step.operands) {
        open[comparison] = nil
      } else {
        open[comparison] = index
      }
    }
  }

  private mutating func joinArithmetic(where isWanted: (Int) -> Bool) {
    for (second, step) in steps.enumerated() {
      for first in step.operands where isWanted(first) {
        guard let (_, others) = joined(first, second) else { continue }
        if pair(first, second, others: others) { break }
      }
    }
  }

  /// Does two steps as one, if what reads them and what they read stays in order.
  ///
  /// - Parameter others: What the second reads beside the first.
  private mutating func pair(_ first: Int, _ second: Int, others: [Int]) -> Bool {
    guard partners[first] == nil, partners[second] == nil else { return false }
    let isReadBefore = readers[first].contains {
      places[$0] < second || $0 == second && others.contains(first)
    }
    if !isReadBefore {
      places[first] = second
    } else if others.allSatisfy({ places[$0] < first }) {
      places[second] = first
    } else {
      return false
    }
    partners[first] = second
    partners[second] = first
    return true
  }

  /// The operation that chooses twice by one comparison.
  private static func doubled(_ operation: FormulaOperation) -> JoinedOperations? {
    switch operation {
    case .selectLess: .selectLessTwice
    case .selectLessOrEqual: .selectLessOrEqualTwice
    default: nil
    }
  }

  /// The operation that does the first step and then the second, which reads it once, and what this reads besides.
  private func joined(
    _ first: Int, _ second: Int
  ) -> (operation: JoinedOperations, others: [Int])? {
    let operands = steps[second].operands
    let operation: JoinedOperations
    switch (steps[first].operation, steps[second].operation) {
    case (.multiply, .add): operation = .multiplyAdd
    case (.multiply, .subtract):
      operation = operands[0] == first ? .multiplySubtract : .subtractProduct
    case (.multiply, .multiply): operation = .multiplyTwice
    case (.add, .multiply): operation = .addMultiply
    case (.subtract, .multiply): operation = .subtractMultiply
    case (.divide, .subtract) where operands[1] == first: operation = .subtractQuotient
    case (.subtract, .magnitude): operation = .subtractMagnitude
    case (.sign, .multiply): operation = .signMultiply
    default: return nil
    }
    let others = operands.filter { $0 != first }
    return others.count == operands.count - 1 ? (operation, others) : nil
  }
}
