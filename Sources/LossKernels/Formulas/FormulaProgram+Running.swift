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

    /// The vector that begins at an element, or the one behind it.
    @inlinable @inline(__always)
    subscript(index: Int, offset: Int = 0) -> Number.Vector {
      Number.Vector(at: start + (index & mask) + offset)
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
      &+ (2 &* numbers.count &* Number.Vector.count &+ (scratchCount &+ columns) &* partCount)
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
      // Twice, as operations take two neighbouring vectors at a time.
      Number.Vector(repeating: number).store(at: next)
      Number.Vector(repeating: number).store(at: next + Number.Vector.count)
      (places + index).initialize(to: Place(next, mask: 0))
      next += 2 &* Number.Vector.count
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
  ///   - next: Where the numbers begin that the call after the next reads, and where its gradient goes: what the
  ///     last operation fetches would come too late for the next one.
  ///   - nextCount: How many are fetched ahead from each, some with each operation, so that the memory works while
  ///     these are computed; they need not be there.
  @_alwaysEmitIntoClient @inline(__always)
  func run(
    _ places: UnsafeMutablePointer<Place>, _ count: Int,
    fetching next: (UnsafePointer<Number>, UnsafePointer<Number>, gradient: UnsafePointer<Number>),
    _ nextCount: Int
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
          prefetch_line_to_write(next.gradient + fetched)
          fetched &+= line
        }
        let result = places[Int(instruction.result)].start
        let first = places[Int(instruction.operands.0)]
        let second = places[Int(instruction.operands.1)]
        let third = places[Int(instruction.operands.2)]
        // Two neighbours at a time, at a fixed distance: half the work on indices, which otherwise costs more than
        // arithmetic does.
        @inline(__always)
        func forEachVector(_ body: (_ index: Int, _ offset: Int) -> Void) {
          var index = 0
          while index < count &- Vector.count {
            body(index, 0)
            body(index, Vector.count)
            index &+= 2 &* Vector.count
          }
          if index < count { body(index, 0) }
        }
        @inline(__always)
        func map(_ body: (Vector) -> Vector) {
          forEachVector { body(first[$0, $1]).store(at: result + $0 + $1) }
        }
        // For functions, which are so much work that indices don't count, and are compiled once.
        @inline(__always)
        func forEachSingleVector(_ body: (_ index: Int) -> Void) {
          var index = 0
          while index < count {
            body(index)
            index &+= Vector.count
          }
        }
        @inline(__always)
        func mapFunction(_ body: (Vector) -> Vector) {
          forEachSingleVector { body(first[$0]).store(at: result + $0) }
        }
        @inline(__always)
        func combine(_ body: (Vector, Vector) -> Vector) {
          forEachVector { index, offset in
            body(first[index, offset], second[index, offset]).store(at: result + index + offset)
          }
        }
        @inline(__always)
        func compare(_ body: (Vector, Vector) -> Vector.Mask) {
          combine { .select(body($0, $1), 1, else: 0) }
        }
        @inline(__always)
        func select(_ body: (Vector, Vector) -> Vector.Mask) {
          let fourth = places[Int(instruction.operands.3)]
          forEachVector { index, offset in
            Vector.select(
              body(first[index, offset], second[index, offset]), third[index, offset],
              else: fourth[index, offset]
            ).store(at: result + index + offset)
          }
        }
        @inline(__always)
        func selectTwice(_ body: (Vector, Vector) -> Vector.Mask) {
          let fourth = places[Int(instruction.operands.3)]
          let fifth = places[Int(instruction.operands.4)]
          let sixth = places[Int(instruction.operands.5)]
          let otherResult = places[Int(instruction.otherResult)].start
          forEachVector { index, offset in
            let condition = body(first[index, offset], second[index, offset])
            let value = Vector.select(
              condition, third[index, offset], else: fourth[index, offset])
            let otherValue = Vector.select(
              condition, fifth[index, offset], else: sixth[index, offset])
            value.store(at: result + index + offset)
            otherValue.store(at: otherResult + index + offset)
          }
        }
        @inline(__always)
        func join(_ inner: (Vector, Vector) -> Vector, _ outer: (Vector, Vector) -> Vector) {
          guard instruction.otherResult >= 0 else {
            return forEachVector { index, offset in
              let value = inner(first[index, offset], second[index, offset])
              outer(value, third[index, offset]).store(at: result + index + offset)
            }
          }
          let innerResult = places[Int(instruction.otherResult)].start
          forEachVector { index, offset in
            let value = inner(first[index, offset], second[index, offset])
            let outerValue = outer(value, third[index, offset])
            value.store(at: innerResult + index + offset)
            outerValue.store(at: result + index + offset)
          }
        }
        @inline(__always)
        func sign(_ x: Vector) -> Vector {
          .select(x > 0, 1, else: .select(x < 0, -1, else: 0))
        }
        switch instruction.pass {
        case .alone(let operation):
          switch operation {
          case .add: combine { $0 + $1 }
          case .subtract: combine { $0 - $1 }
          case .multiply: combine { $0 * $1 }
          case .divide: combine { $0 / $1 }
          case .negate: map { -$0 }
          case .minimum: combine { .min($0, $1) }
          case .maximum: combine { .max($0, $1) }
          case .magnitude: map { .abs($0) }
          case .squareRoot: map { .sqrt($0) }
          case .exponential: mapFunction { .exp($0) }
          case .logarithm: mapFunction { .log($0) }
          case .logarithm1p: mapFunction { .log1p($0) }
          case .power:
            forEachSingleVector { Vector.pow(first[$0], second[$0]).store(at: result + $0) }
          case .tanh: mapFunction { .tanh($0) }
          case .atan: mapFunction { .atan($0) }
          case .sigmoid: mapFunction { .sigmoid($0) }
          case .softplus: mapFunction { .softplus($0) }
          case .less: compare { $0 < $1 }
          case .lessOrEqual: compare { $0 <= $1 }
          case .greater: compare { $0 > $1 }
          case .greaterOrEqual: compare { $0 >= $1 }
          case .and: combine { $0 * $1 }
          case .or: combine { .max($0, $1) }
          case .not: map { 1 - $0 }
          case .select:
            forEachVector { index, offset in
              Vector.select(
                first[index, offset] > 0, second[index, offset], else: third[index, offset]
              ).store(at: result + index + offset)
            }
          case .sign: map { sign($0) }
          case .selectLess: select { $0 < $1 }
          case .selectLessOrEqual: select { $0 <= $1 }
          case .decay: mapFunction { .decay($0) }
          case .decayLogarithm: mapFunction { .decayLogarithm($0) }
          case .copy, .constant, .number, .variable: map { $0 }
          }
        case .joined(let operations):
          switch operations {
          case .signMultiply: join({ x, _ in sign(x) }) { $0 * $1 }
          case .multiplyAdd: join({ $0 * $1 }) { $0 + $1 }
          case .multiplySubtract: join({ $0 * $1 }) { $0 - $1 }
          case .subtractProduct: join({ $0 * $1 }) { $1 - $0 }
          case .multiplyTwice: join({ $0 * $1 }) { $0 * $1 }
          case .addMultiply: join({ $0 + $1 }) { $0 * $1 }
          case .subtractMultiply: join({ $0 - $1 }) { $0 * $1 }
          case .subtractQuotient: join({ $0 / $1 }) { $1 - $0 }
          case .subtractMagnitude: join({ $0 - $1 }) { x, _ in .abs(x) }
          case .selectLessTwice: selectTwice { $0 < $1 }
          case .selectLessOrEqualTwice: selectTwice { $0 <= $1 }
          }
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
      let nothing = UnsafePointer(columns)
      run(places, range.count, fetching: (nothing, nothing, nothing), 0)
      for result in results.indices {
        let start = columns + (variableCount &+ result) &* part
        for index in range { results[result][index] = start[index - first] }
      }
    }
    return results
  }
}
