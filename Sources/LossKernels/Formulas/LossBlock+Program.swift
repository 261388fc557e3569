extension LossBlock {
  /// Evaluates each element by a program whose variables are prediction and target, and whose results are value
  /// and derivative.
  ///
  /// - Returns: Whether all four are finite for all elements; it may be false where they are large.
  @_alwaysEmitIntoClient @inline(__always)
  public mutating func evaluateElements(_ program: FormulaProgram<Number>) -> Bool {
    let count = rowCount &* width
    let memory = workspace.memory(byteCount: program.byteCount(columns: 0)) { program.prepare($0) }
    let places = program.places(in: memory)
    var zero: Number.Vector = 0
    var index = 0
    while index < count {
      let part = Swift.min(program.partCount, count &- index)
      places[0].start = UnsafeMutablePointer(mutating: predictions + index)
      places[1].start = UnsafeMutablePointer(mutating: targets + index)
      places[2].start = values + index
      places[3].start = derivatives + index
      let ahead = index &+ 2 &* part
      let next = (predictions + ahead, targets + ahead, destination + ahead)
      program.run(places, part, fetching: next, part)
      zero = zero + zeroIfFinite(index, part)
      index &+= part
    }
    isFinite = zero.reduced { $0 + $1 } == 0
    return isFinite
  }

  /// Zeros, in a lane in which a number of some elements isn't finite something else, and where only a sum isn't; up
  /// to a whole vector.
  @_alwaysEmitIntoClient @inline(__always)
  borrowing func zeroIfFinite(_ first: Int, _ count: Int) -> Number.Vector {
    let (predictions, targets, values, derivatives) = (predictions, targets, values, derivatives)
    // What isn't finite stays so in a sum. Two take turns, so that one addition needn't wait for the last.
    func sum(_ index: Int) -> Number.Vector {
      (Number.Vector(at: predictions + index) + Number.Vector(at: targets + index))
        + (Number.Vector(at: values + index) + Number.Vector(at: derivatives + index))
    }
    let lanes = Number.Vector.count
    let end = first &+ count
    var (even, odd): (Number.Vector, Number.Vector) = (0, 0)
    var index = first
    while index < end &- lanes {
      even = even + sum(index)
      odd = odd + sum(index &+ lanes)
      index &+= 2 &* lanes
    }
    if index < end { even = even + sum(index) }
    return (even + odd) * 0
  }

  /// Evaluates each pair of boxes by a program whose variables are the coordinates of the predicted and of the
  /// target box, and whose results are the value and its derivatives by the predicted coordinates.
  ///
  /// - Returns: Whether no target has a negative side, and whether all results are finite; it may be false where
  ///   these are large.
  @_alwaysEmitIntoClient @inline(__always)
  public mutating func evaluateBoxPairs(
    _ program: FormulaProgram<Number>
  ) -> (hasBoxes: Bool, isFinite: Bool) {
    guard width == 4 else { return (true, true) }
    let part = program.partCount
    let memory = workspace.memory(byteCount: program.byteCount(columns: 12)) { program.prepare($0) }
    let (places, columns) = (program.places(in: memory), program.columns(in: memory))
    for column in 0..<8 { places[column].start = columns + column &* part }
    for column in 8..<12 { places[column &+ 1].start = columns + column &* part }
    var zero: Number.Vector = 0
    var leastSide: Number.Vector = 0
    var first = 0
    while first < rowCount {
      let count = Swift.min(part, rowCount &- first)
      var row = 0
      while row < count {
        let prediction = FormulaBox<Number.Vector>(at: predictions + 4 &* (first &+ row))
        let target = FormulaBox<Number.Vector>(at: targets + 4 &* (first &+ row))
        leastSide = .min(leastSide, .min(target.width, target.height))
        prediction.store(columns: columns + row, apart: part)
        target.store(columns: columns + (4 &* part &+ row), apart: part)
        row &+= Number.Vector.count
      }
      places[8].start = values + first
      let ahead = 4 &* (first &+ 2 &* count)
      let next = (predictions + ahead, targets + ahead, destination + ahead)
      program.run(places, count, fetching: next, 4 &* count)
      row = 0
      while row < count {
        let derivatives = FormulaBox<Number.Vector>(
          columns: columns + (8 &* part &+ row), apart: part)
        zero =
          zero
          + (Number.Vector(at: values + (first &+ row)) + derivatives.x1 + derivatives.y1
            + derivatives.x2 + derivatives.y2) * 0
        derivatives.store(at: self.derivatives + 4 &* (first &+ row))
        row &+= Number.Vector.count
      }
      first &+= count
    }
    return (leastSide.reduced { .min($0, $1) } >= 0, zero.reduced { $0 + $1 } == 0)
  }

  /// The first row of which a value or a derivative isn't finite though all predictions and targets of the block
  /// are, with the column if elements have values of their own.
  public borrowing func firstUndefined() -> UndefinedElement<Number>? {
    let elements = rowCount &* width
    let hasValueAnElement = valuesPerRow == width
    func isUndefined(_ element: Int) -> Bool {
      !derivatives[element].isFinite
        || !values[hasValueAnElement ? element : element / width].isFinite
    }
    let isDefined =
      areFinite(
        Span(_unsafeElements: UnsafeBufferPointer(start: values, count: rowCount &* valuesPerRow)))
      && areFinite(
        Span(_unsafeElements: UnsafeBufferPointer(start: derivatives, count: elements)))
    guard !isDefined, checkFinite(), let element = (0..<elements).first(where: isUndefined) else {
      return nil
    }
    let row = element / width
    let columns = hasValueAnElement ? element..<element &+ 1 : row &* width..<(row &+ 1) &* width
    return UndefinedElement(
      row: row, column: hasValueAnElement ? element % width : nil,
      prediction: columns.map { predictions[$0] }, target: columns.map { targets[$0] })
  }
}

/// Where a formula has no finite value or derivative.
public struct UndefinedElement<Number: RealScalar>: Sendable {
  /// The row in its block.
  public let row: Int
  /// The column; `nil` if a row has one value.
  public let column: Int?
  /// The prediction, or the row of them.
  public let prediction: [Number]
  /// The target, or the row of them.
  public let target: [Number]
}

extension FormulaBox where Value: NumberVector {
  /// The boxes whose coordinates lie side by side, those of x1 first, and `distance` apart.
  @_alwaysEmitIntoClient @inline(__always)
  init(columns start: UnsafeMutablePointer<Value.Number>, apart distance: Int) {
    self.init(
      Value(at: start), Value(at: start + distance), Value(at: start + 2 &* distance),
      Value(at: start + 3 &* distance))
  }

  @_alwaysEmitIntoClient @inline(__always)
  func store(columns start: UnsafeMutablePointer<Value.Number>, apart distance: Int) {
    x1.store(at: start)
    y1.store(at: start + distance)
    x2.store(at: start + 2 &* distance)
    y2.store(at: start + 3 &* distance)
  }
}
