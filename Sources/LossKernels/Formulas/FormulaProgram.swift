/// A traced formula that is evaluated on many elements: operation after operation, each on a part that lies in the
/// nearest cache.
///
/// The operations are those of the formula, or others that round to the same number, so that each element has the
/// bits that the formula has where it is compiled.
public struct FormulaProgram<Number: RealScalar>: Sendable {
  /// One operation, and the places of its results and of what it reads.
  @usableFromInline
  struct Instruction: Sendable {
    @usableFromInline
    let pass: FormulaPass
    @usableFromInline
    let result: Int32
    /// The place of the second result; −1 if there is none.
    @usableFromInline
    let otherResult: Int32
    @usableFromInline
    let operands: (Int32, Int32, Int32, Int32, Int32, Int32)

    init(_ pass: FormulaPass, results: [Int32], operands: [Int32]) {
      func operand(_ index: Int) -> Int32 { operands[index < operands.count ? index : 0] }
      self.pass = pass
      result = results[0]
      otherResult = results.count > 1 ? results[1] : -1
      self.operands = (operand(0), operand(1), operand(2), operand(3), operand(4), operand(5))
    }
  }

  @usableFromInline
  let instructions: [Instruction]
  /// The numbers that operations read, which have places behind variables and results.
  @usableFromInline
  let numbers: [Number]
  @usableFromInline
  let variableCount: Int
  @usableFromInline
  let resultCount: Int
  /// The places of what is read by other operations alone, which come last.
  @usableFromInline
  let scratchCount: Int

  /// The elements that an operation takes at a time: few enough that what all make of them stays in the
  /// nearest cache, and enough that the choice of the operation costs little.
  @usableFromInline
  let partCount: Int

  /// The program that computes `results` from `variables`.
  public init(_ results: [TracedValue], of variables: [String]) {
    let traced = FormulaSteps<Number>(results, lowered: true)
    let steps = traced.steps
    let entries = FormulaSchedule(traced).entries
    var lastUse = [Int](repeating: 0, count: steps.count)
    for (index, entry) in entries.enumerated() {
      for operand in entry.operands { lastUse[operand] = index }
    }
    variableCount = variables.count
    resultCount = results.count
    var places = [Int?](repeating: nil, count: steps.count)
    for (index, step) in steps.enumerated() where step.operation == .variable {
      places[index] = variables.firstIndex(of: step.name) ?? 0
    }
    var numbers: [Number] = []
    for (index, step) in steps.enumerated() where step.operation == .number {
      places[index] = variables.count + results.count + numbers.count
      numbers.append(step.number)
    }
    // A result is written where it belongs, unless it is there already.
    var copies: [(from: Int, to: Int)] = []
    for (number, index) in traced.results.enumerated() {
      if places[index] == nil {
        places[index] = variables.count + number
      } else {
        copies.append((index, variables.count + number))
      }
    }
    let isKept = places.map { $0 != nil }
    var free: [Int] = []
    var next = variables.count + results.count + numbers.count
    var instructions: [Instruction] = []
    func place(_ index: Int) -> Int32 { Int32(places[index] ?? 0) }
    for (index, entry) in entries.enumerated() {
      // What is read for the last time may be written over, as an operation reads before it writes.
      for operand in Set(entry.operands).sorted()
      where lastUse[operand] == index && !isKept[operand] {
        if let place = places[operand] { free.append(place) }
      }
      for result in entry.results where places[result] == nil {
        if let place = free.popLast() {
          places[result] = place
        } else {
          places[result] = next
          next += 1
        }
      }
      instructions.append(
        Instruction(
          entry.pass, results: entry.results.map(place), operands: entry.operands.map(place)))
    }
    for copy in copies {
      instructions.append(
        Instruction(.alone(.copy), results: [Int32(copy.to)], operands: [place(copy.from)]))
    }
    self.instructions = instructions
    self.numbers = numbers
    scratchCount = next - variables.count - results.count - numbers.count
    let width = (next - numbers.count) * MemoryLayout<Number>.stride
    partCount = 512 * width <= 32_768 ? 512 : 256
  }
}
