/// A traced formula that is evaluated on many elements: operation after operation, each on a part that lies in the
/// nearest cache.
///
/// The operations are those of the formula, in its order, so that each element has the bits that the formula has
/// where it is compiled.
public struct FormulaProgram<Number: RealScalar>: Sendable {
  /// One operation, and the places of its result and of what it reads.
  @usableFromInline
  struct Instruction: Sendable {
    @usableFromInline
    let operation: FormulaOperation
    @usableFromInline
    var result: Int32
    @usableFromInline
    var operands: (Int32, Int32, Int32, Int32)
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
    var lastUse = [Int](repeating: 0, count: steps.count)
    for (index, step) in steps.enumerated() {
      for operand in step.operands { lastUse[operand] = index }
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
    for (index, step) in steps.enumerated()
    where step.operation != .number && step.operation != .variable {
      let operands = step.operands
      // What is read for the last time may be written over, as an operation reads before it writes.
      for operand in Set(operands).sorted() where lastUse[operand] == index && !isKept[operand] {
        if let place = places[operand] { free.append(place) }
      }
      if places[index] == nil {
        if let place = free.popLast() {
          places[index] = place
        } else {
          places[index] = next
          next += 1
        }
      }
      let first = place(operands[0])
      instructions.append(
        Instruction(
          operation: step.operation, result: place(index),
          operands: (
            first, operands.count > 1 ? place(operands[1]) : first,
            operands.count > 2 ? place(operands[2]) : first,
            operands.count > 3 ? place(operands[3]) : first
          )))
    }
    for copy in copies {
      let place = place(copy.from)
      instructions.append(
        Instruction(
          operation: .copy, result: Int32(copy.to), operands: (place, place, place, place)))
    }
    self.instructions = instructions
    self.numbers = numbers
    scratchCount = next - variables.count - results.count - numbers.count
    let width = (next - numbers.count) * MemoryLayout<Number>.stride
    partCount = 512 * width <= 32_768 ? 512 : 256
  }
}
