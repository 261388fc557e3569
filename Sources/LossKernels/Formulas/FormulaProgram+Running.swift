import VectorArithmetic

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

  /// The bytes before the numbers that operations read: places, up to a whole cache line.
  @_alwaysEmitIntoClient @inline(__always)
  var placeBytes: Int { (placeCount &* MemoryLayout<Place>.stride &+ 63) / 64 &* 64 }

  @_alwaysEmitIntoClient @inline(__always)
  var placeCount: Int { variableCount &+ resultCount &+ numbers.count &+ scratchCount }

  /// Room to run in, that holds `columns` parts for the caller besides.
  @_alwaysEmitIntoClient @inline(__always)
  func byteCount(columns: Int) -> Int {
    placeBytes
      &+ (numbers.count &* Number.Vector.count &+ (scratchCount &+ columns) &* partCount)
      &* MemoryLayout<Number>.stride
  }

  /// Writes numbers and places into memory to run in; the places of variables and results are to be set.
  @_alwaysEmitIntoClient @inline(__always)
  func prepare(_ memory: UnsafeMutableRawPointer) {
    let start = (memory + placeBytes).assumingMemoryBound(to: Number.self)
    let places = places(in: memory)
    let outside = variableCount &+ resultCount
    places.initialize(repeating: Place(start), count: outside)
    var next = start
    var index = outside
    for number in numbers {
      Number.Vector(repeating: number).store(at: next)
      (places + index).initialize(to: Place(next, mask: 0))
      next += Number.Vector.count
      index &+= 1
    }
    while index < placeCount {
      (places + index).initialize(to: Place(next))
      next += partCount
      index &+= 1
    }
  }

  /// The places, of which those of variables and results come first.
  @_alwaysEmitIntoClient @inline(__always)
  func places(in memory: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Place> {
    memory.assumingMemoryBound(to: Place.self)
  }

  /// Where the caller's parts begin.
  @_alwaysEmitIntoClient @inline(__always)
  func columns(in memory: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Number> {
    (memory + byteCount(columns: 0)).assumingMemoryBound(to: Number.self)
  }

  /// Runs all operations on `count` elements, up to a whole vector.
  ///
  /// - Parameters:
  ///   - next: Where the numbers begin that the call after the next reads: what the last operation fetches would
  ///     come too late for the next one.
  ///   - nextCount: How many are fetched ahead from each of both, some with each operation, so that the memory works
  ///     while these are computed; they need not be there.
  @_alwaysEmitIntoClient @inline(__always)
  func run(
    _ places: UnsafeMutablePointer<Place>, _ count: Int,
    fetching next: (UnsafePointer<Number>, UnsafePointer<Number>), _ nextCount: Int
  ) {
    typealias Vector = Number.Vector
    let line = 64 / MemoryLayout<Number>.stride
    let share = (nextCount / line / Swift.max(1, instructions.count) &+ 1) &* line
    var fetched = 0
    instructions.withUnsafeBufferPointer { instructions in
      for instruction in instructions {
        let end = Swift.min(nextCount, fetched &+ share)
        while fetched < end {
          prefetch_line(next.0 + fetched)
          prefetch_line(next.1 + fetched)
          fetched &+= line
        }
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
        func combineThree(_ body: (Vector, Vector, Vector) -> Vector) {
          let (x, xMask) = (first.start, first.mask)
          let (y, yMask) = (second.start, second.mask)
          let (z, zMask) = (third.start, third.mask)
          var index = 0
          while index < count {
            body(
              Vector(at: x + (index & xMask)), Vector(at: y + (index & yMask)),
              Vector(at: z + (index & zMask))
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
        case .multiplyAdd: combineThree { $0 * $1 + $2 }
        case .multiplySubtract: combineThree { $0 * $1 - $2 }
        case .subtractProduct: combineThree { $2 - $0 * $1 }
        case .multiplyTwice: combineThree { $0 * $1 * $2 }
        case .addMultiply: combineThree { ($0 + $1) * $2 }
        case .subtractMultiply: combineThree { ($0 - $1) * $2 }
        case .selectLess: select { $0 < $1 }
        case .selectLessOrEqual: select { $0 <= $1 }
        case .decay: map { .decay($0) }
        case .decayTail: map { .decayTail($0) }
        case .copy, .constant, .number, .variable: map { $0 }
        }
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
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: byteCount(columns: outside), alignment: 64)
    defer { memory.deallocate() }
    prepare(memory)
    let (places, columns) = (places(in: memory), columns(in: memory))
    columns.initialize(repeating: 0, count: outside &* part)
    for index in 0..<outside { places[index].start = columns + index &* part }
    for first in stride(from: 0, to: count, by: part) {
      let range = first..<Swift.min(count, first + part)
      for (variable, numbers) in variables.enumerated() {
        for index in range { columns[variable * part + index - first] = numbers[index] }
      }
      run(places, range.count, fetching: (UnsafePointer(columns), UnsafePointer(columns)), 0)
      for result in results.indices {
        let start = columns + (variableCount &+ result) &* part
        for index in range { results[result][index] = start[index - first] }
      }
    }
    return results
  }
}
