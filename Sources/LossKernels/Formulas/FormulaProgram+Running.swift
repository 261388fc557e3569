extension FormulaProgram {
  /// Where the elements of a place begin, and which bits of an element's index count: none where all elements
  /// are one number.
  @usableFromInline
  struct Place {
    @usableFromInline
    var start: UnsafeMutablePointer<Number>
    @usableFromInline
    var mask: Int

    @inlinable @inline(__always)
    init(_ start: UnsafeMutablePointer<Number>, mask: Int = -1) {
      self.start = start
      self.mask = mask
    }
  }

  /// Calls `body` with places for everything, of which those of variables and results are to be set.
  @_alwaysEmitIntoClient @inline(__always)
  func withPlaces(
    _ body: (
      _ places: UnsafeMutablePointer<Place>, _ instructions: UnsafeBufferPointer<Instruction>
    )
      -> Void
  ) {
    let lanes = Number.Vector.count
    let capacity = scratchCount &* partCount &+ numbers.count &* lanes
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: Swift.max(1, capacity) &* MemoryLayout<Number>.stride, alignment: 64)
    let start = memory.bindMemory(to: Number.self, capacity: Swift.max(1, capacity))
    let outside = variableCount &+ resultCount
    let placeCount = outside &+ numbers.count &+ scratchCount
    let places = UnsafeMutablePointer<Place>.allocate(capacity: placeCount)
    defer {
      memory.deallocate()
      places.deallocate()
    }
    places.initialize(repeating: Place(start), count: outside)
    var next = start
    var index = outside
    for number in numbers {
      Number.Vector(repeating: number).store(at: next)
      (places + index).initialize(to: Place(next, mask: 0))
      next += lanes
      index &+= 1
    }
    while index < placeCount {
      (places + index).initialize(to: Place(next))
      next += partCount
      index &+= 1
    }
    instructions.withUnsafeBufferPointer { body(places, $0) }
  }

  /// Runs all operations on `count` elements, up to a whole vector.
  @_alwaysEmitIntoClient @inline(__always)
  func run(
    _ instructions: UnsafeBufferPointer<Instruction>, _ places: UnsafeMutablePointer<Place>,
    _ count: Int
  ) {
    typealias Vector = Number.Vector
    for instruction in instructions {
      let result = places[Int(instruction.result)].start
      let first = places[Int(instruction.operands.0)]
      let second = places[Int(instruction.operands.1)]
      let third = places[Int(instruction.operands.2)]
      func map(_ body: (Vector) -> Vector) {
        let (x, xMask) = (first.start, first.mask)
        var index = 0
        while index < count {
          body(Vector(at: x + (index & xMask))).store(at: result + index)
          index &+= Vector.count
        }
      }
      func combine(_ body: (Vector, Vector) -> Vector) {
        let (x, xMask) = (first.start, first.mask)
        let (y, yMask) = (second.start, second.mask)
        var index = 0
        while index < count {
          body(Vector(at: x + (index & xMask)), Vector(at: y + (index & yMask)))
            .store(at: result + index)
          index &+= Vector.count
        }
      }
      func select(_ body: (Vector, Vector) -> Vector.Mask) {
        let (x, xMask) = (first.start, first.mask)
        let (y, yMask) = (second.start, second.mask)
        let (accepted, acceptedMask) = (third.start, third.mask)
        let fourth = places[Int(instruction.operands.3)]
        let (other, otherMask) = (fourth.start, fourth.mask)
        var index = 0
        while index < count {
          Vector.select(
            body(Vector(at: x + (index & xMask)), Vector(at: y + (index & yMask))),
            Vector(at: accepted + (index & acceptedMask)),
            else: Vector(at: other + (index & otherMask))
          ).store(at: result + index)
          index &+= Vector.count
        }
      }
      func compare(_ body: (Vector, Vector) -> Vector.Mask) {
        combine { .select(body($0, $1), 1, else: 0) }
      }
      switch instruction.operation {
      case .add: combine { $0 + $1 }
      case .subtract: combine { $0 - $1 }
      case .multiply: combine { $0 * $1 }
      case .divide: combine { $0 / $1 }
      case .negate: map { -$0 }
      case .minimum: combine { .min($0, $1) }
      case .maximum: combine { .max($0, $1) }
      case .magnitude: map { .abs($0) }
      case .squareRoot: map { .sqrt($0) }
      case .exponential: map { .exp($0) }
      case .logarithm: map { .log($0) }
      case .logarithm1p: map { .log1p($0) }
      case .power: combine { .pow($0, $1) }
      case .tanh: map { .tanh($0) }
      case .atan: map { .atan($0) }
      case .sigmoid: map { .sigmoid($0) }
      case .softplus: map { .softplus($0) }
      case .less: compare { $0 < $1 }
      case .lessOrEqual: compare { $0 <= $1 }
      case .greater: compare { $0 > $1 }
      case .greaterOrEqual: compare { $0 >= $1 }
      case .and: combine { $0 * $1 }
      case .or: combine { .max($0, $1) }
      case .not: map { 1 - $0 }
      case .select:
        var index = 0
        while index < count {
          Vector.select(
            Vector(at: first.start + (index & first.mask)) > 0,
            Vector(at: second.start + (index & second.mask)),
            else: Vector(at: third.start + (index & third.mask))
          ).store(at: result + index)
          index &+= Vector.count
        }
      case .sign: map { .select($0 > 0, 1, else: .select($0 < 0, -1, else: 0)) }
      case .selectLess: select { $0 < $1 }
      case .selectLessOrEqual: select { $0 <= $1 }
      case .decay: map { .decay($0) }
      case .decayTail: map { .decayTail($0) }
      case .copy, .constant, .number, .variable: map { $0 }
      }
    }
  }

  /// The results for as many elements as each variable has numbers.
  @specialized(where Number == Float)
  @specialized(where Number == Double)
  public func evaluate(_ variables: [[Number]]) -> [[Number]] {
    let count = variables.first?.count ?? 0
    let part = partCount
    var results = [[Number]](repeating: Array(repeating: 0, count: count), count: resultCount)
    // Variables and results in parts of their own, as they needn't end with a whole vector.
    let outside = variableCount &+ resultCount
    let memory = UnsafeMutablePointer<Number>.allocate(capacity: outside &* part)
    memory.initialize(repeating: 0, count: outside &* part)
    defer { memory.deallocate() }
    withPlaces { places, instructions in
      for index in 0..<outside { places[index].start = memory + index &* part }
      for first in stride(from: 0, to: count, by: part) {
        let range = first..<Swift.min(count, first + part)
        for (variable, numbers) in variables.enumerated() {
          for index in range { memory[variable * part + index - first] = numbers[index] }
        }
        run(instructions, places, range.count)
        for result in results.indices {
          let start = memory + (variableCount &+ result) &* part
          for index in range { results[result][index] = start[index - first] }
        }
      }
    }
    return results
  }
}
