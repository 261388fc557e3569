import VectorArithmetic

/// What rows come to.
public struct BlockSum: Sendable {
  /// The sum of the weighted values, in an order that depends on the number of rows alone.
  public var value: Double
  /// Whether all predictions and targets are finite; else the value and what was written mean nothing.
  public var isFinite: Bool

  /// A sum, of finite numbers or not.
  @inlinable @inline(__always)
  public init(value: Double, isFinite: Bool) {
    self.value = value
    self.isFinite = isFinite
  }
}

/// Evaluates rows by a loss, a block at a time, and does what losses have in common: weighs values and
/// derivatives, scales the gradient, adds up, and looks for numbers that aren't finite.
///
/// Compiled once an instruction set and shared by all losses.
///
/// - Parameters:
///   - predictions: `[rows, width]`.
///   - targets: As many numbers, or one a row, or none if there are classes.
///   - classes: A class a row, from 0 to `width` − 1, or none if there are numbers.
///   - valuesPerRow: 1, or the width.
///   - weights: What each value and its derivatives are multiplied by, as many as there are values; or none
///     if all weigh 1. What weighs 0 is 0, whatever it would come to.
///   - scale: What the gradient is multiplied by besides.
///   - values: Receives the weighted values; empty if only the sum is asked for.
///   - gradient: Receives the gradient, `[rows, width]`; empty if none is asked for.
///   - evaluate: A loss's block function.
/// - Returns: The sum of the weighted values; one that isn't finite if a length doesn't fit.
@_alwaysEmitIntoClient @inline(__always)
public func evaluateRows<Number: RealScalar>(
  _ predictions: Span<Number>, targets: Span<Number>, classes: Span<Int32>, width: Int,
  valuesPerRow: Int, weights: Span<Number>, scale: Number, values: inout MutableSpan<Number>,
  gradient: inout MutableSpan<Number>,
  _ evaluate: (inout LossBlock<Number>) -> Void
) -> BlockSum {
  guard width > 0, predictions.count > 0 else { return BlockSum(value: 0, isFinite: true) }
  let rows = predictions.count / width
  let (wantsValues, wantsGradient) = (!values.isEmpty, !gradient.isEmpty)
  guard
    fit(
      rows: rows, width: width, valuesPerRow: valuesPerRow, predictions: predictions.count,
      targets: targets.count, classes: classes.count, weights: weights.count,
      values: values.count, gradient: gradient.count)
  else { return BlockSum(value: 0, isFinite: false) }
  return RowPass(
    rows: rows, width: width, valuesPerRow: valuesPerRow, predictions: start(of: predictions),
    targets: Part(start(of: targets), isThere: targets.count > 0),
    targetWidth: targets.count == rows ? 1 : width,
    classes: Part(start(of: classes), isThere: classes.count > 0),
    weights: Part(start(of: weights), isThere: weights.count > 0), scale: scale,
    values: Part(start(of: &values), isThere: wantsValues),
    gradient: Part(start(of: &gradient), isThere: wantsGradient)
  ).run(evaluate)
}

// The memory of a span stays where it is as long as the span is there, which outlives the pass. Work within
// `withUnsafeBufferPointer` would be compiled twice for each span: it has a place of its own for empty ones.

@_alwaysEmitIntoClient @inline(__always)
func start<Element>(of span: Span<Element>) -> UnsafePointer<Element> {
  span.withUnsafeBufferPointer { unsafeBitCast($0.baseAddress, to: UnsafePointer<Element>.self) }
}

@_alwaysEmitIntoClient @inline(__always)
func start<Element>(of span: inout MutableSpan<Element>) -> UnsafeMutablePointer<Element> {
  span.withUnsafeMutableBufferPointer {
    unsafeBitCast($0.baseAddress, to: UnsafeMutablePointer<Element>.self)
  }
}

/// Whether so many elements make rows.
///
/// A function by itself, as is ``Part`` in place of optional pointers: the optimizer would compile all that
/// follows once for each combination of what it has seen to be present or absent.
@usableFromInline
func fit(
  rows: Int, width: Int, valuesPerRow: Int, predictions: Int, targets: Int, classes: Int,
  weights: Int, values: Int, gradient: Int
) -> Bool {
  func isNothing(_ count: Int, or expected: Int) -> Bool { count == 0 || count == expected }
  return predictions == rows * width && (valuesPerRow == 1 || valuesPerRow == width)
    && (targets == 0 || classes == 0) && (isNothing(targets, or: predictions) || targets == rows)
    && isNothing(classes, or: rows) && isNothing(weights, or: rows * valuesPerRow)
    && isNothing(values, or: rows * valuesPerRow) && isNothing(gradient, or: predictions)
}

/// The start of elements that may be absent.
@usableFromInline
struct Part<Pointer> {
  @usableFromInline
  let isThere: Bool
  /// Means nothing if they are absent.
  @usableFromInline
  let start: Pointer

  @inlinable @inline(__always)
  init(_ start: Pointer, isThere: Bool) {
    self.start = start
    self.isThere = isThere
  }
}

/// The rows of one pass: where they are, and where their results go.
@usableFromInline
struct RowPass<Number: RealScalar> {
  @usableFromInline
  typealias Vector = Number.Vector

  @usableFromInline
  let rows: Int
  @usableFromInline
  let width: Int
  @usableFromInline
  let valuesPerRow: Int
  @usableFromInline
  let predictions: UnsafePointer<Number>
  @usableFromInline
  let targets: Part<UnsafePointer<Number>>
  /// The numbers that a row is compared with: the width, or 1.
  @usableFromInline
  let targetWidth: Int
  @usableFromInline
  let classes: Part<UnsafePointer<Int32>>
  @usableFromInline
  let weights: Part<UnsafePointer<Number>>
  @usableFromInline
  let scale: Number
  @usableFromInline
  let values: Part<UnsafeMutablePointer<Number>>
  @usableFromInline
  let gradient: Part<UnsafeMutablePointer<Number>>

  @inlinable @inline(__always)
  init(
    rows: Int, width: Int, valuesPerRow: Int, predictions: UnsafePointer<Number>,
    targets: Part<UnsafePointer<Number>>, targetWidth: Int, classes: Part<UnsafePointer<Int32>>,
    weights: Part<UnsafePointer<Number>>, scale: Number,
    values: Part<UnsafeMutablePointer<Number>>, gradient: Part<UnsafeMutablePointer<Number>>
  ) {
    self.rows = rows
    self.width = width
    self.valuesPerRow = valuesPerRow
    self.predictions = predictions
    self.targets = targets
    self.targetWidth = targetWidth
    self.classes = classes
    self.weights = weights
    self.scale = scale
    self.values = values
    self.gradient = gradient
  }

  /// How many rows make a block, of which all that is read and written fits into the nearest cache: 1,024
  /// elements of narrow rows, a whole number of vectors; up to 6,144 of wide ones, no more rows than
  /// kernels take at a time.
  @_alwaysEmitIntoClient @inline(__always)
  var rowsPerBlock: Int {
    width < Vector.count
      ? Swift.max(1, 1024 / width / Vector.count) &* Vector.count
      : Swift.max(1, Swift.min(Vector.count, 6144 / width))
  }

  /// How many elements `count` rows take up to a whole vector: of rows if these are narrower than a vector.
  @_alwaysEmitIntoClient @inline(__always)
  func paddedElements(_ count: Int) -> Int {
    width < Vector.count ? wholeVectors(count) &* width : wholeVectors(count &* width)
  }

  @_alwaysEmitIntoClient @inline(__always)
  func wholeVectors(_ count: Int) -> Int {
    (count &+ Vector.count &- 1) / Vector.count &* Vector.count
  }

  /// Evaluates block after block.
  @_alwaysEmitIntoClient @inline(__always)
  func run(_ evaluate: (inout LossBlock<Number>) -> Void) -> BlockSum {
    let mostRows = Swift.min(rowsPerBlock, wholeVectors(rows))
    let mostElements = paddedElements(mostRows)
    // Not `withUnsafeTemporaryAllocation`: it has two places that call what it is given, for the stack and
    // for the heap, and all that is inlined would be compiled twice.
    let factorCount = wholeVectors(mostRows)
    let capacity =
      SoftmaxRows<Number>.scratchCount &+ 2 &* factorCount &+ 5 &* mostElements
    // Whole vectors from a cache line on: one that straddles two takes twice as long.
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: capacity &* MemoryLayout<Number>.stride, alignment: 64)
    let scratch = memory.bindMemory(to: Number.self, capacity: capacity)
    let lastClasses = UnsafeMutablePointer<Int32>.allocate(capacity: factorCount)
    var workspace = Workspace()
    defer {
      memory.deallocate()
      lastClasses.deallocate()
      workspace.memory?.deallocate()
    }
    let rowFactors = scratch + SoftmaxRows<Number>.scratchCount
    let derivatives = rowFactors + factorCount
    let values = derivatives + mostElements
    let lastPredictions = values + Swift.max(factorCount, mostElements)
    let lastTargets = lastPredictions + mostElements
    let lastWeights = lastTargets + mostElements
    var totals = ValueSum<Vector>()
    var row = 0
    while row < rows {
      let count = Swift.min(mostRows, rows &- row)
      let elements = count &* width
      let padded = paddedElements(count)
      var predictions = predictions + row &* width
      var numbers = targets.start + row &* targetWidth
      var labels = classes.start + row
      // What kernels read behind other blocks is the next one.
      if padded != elements, row &* width &+ padded > rows &* width {
        fill(lastPredictions, upTo: padded, from: predictions, elements)
        predictions = UnsafePointer(lastPredictions)
        if targets.isThere, targetWidth == width {
          fill(lastTargets, upTo: padded, from: numbers, elements)
          numbers = UnsafePointer(lastTargets)
        }
        if classes.isThere {
          lastClasses.update(repeating: labels[count &- 1], count: wholeVectors(count))
          lastClasses.update(from: labels, count: count)
          labels = UnsafePointer(lastClasses)
        }
      }
      let valueCount = count &* valuesPerRow
      var factors = weights.start + row &* valuesPerRow
      if weights.isThere, wholeVectors(valueCount) != valueCount {
        lastWeights.update(from: factors, count: valueCount)
        (lastWeights + valueCount).update(
          repeating: 0, count: wholeVectors(valueCount) &- valueCount)
        factors = UnsafePointer(lastWeights)
      }
      var block = LossBlock(
        firstRow: row, rowCount: count, width: width, valuesPerRow: valuesPerRow,
        wantsDerivatives: gradient.isThere, hasClasses: classes.isThere, predictions: predictions,
        targets: targets.isThere ? numbers : predictions, classes: labels, values: values,
        derivatives: derivatives, rowFactors: rowFactors, scratch: scratch,
        destination: gradient.isThere ? gradient.start + row &* width : derivatives,
        targetWidth: targetWidth, workspace: workspace)
      evaluate(&block)
      workspace = block.workspace
      guard
        block.isFinite
          || (areFinite(predictions, elements)
            && (!targets.isThere || areFinite(numbers, count &* targetWidth)))
      else { return BlockSum(value: 0, isFinite: false) }
      add(block, factors, to: &totals)
      if gradient.isThere { writeGradient(block, factors) }
      row &+= count
    }
    return BlockSum(value: totals.value, isFinite: true)
  }

  /// Copies `count` elements, and behind them the last row up to `padded` elements.
  @_alwaysEmitIntoClient @inline(__always)
  func fill(
    _ copy: UnsafeMutablePointer<Number>, upTo padded: Int, from source: UnsafePointer<Number>,
    _ count: Int
  ) {
    copy.update(from: source, count: count)
    var index = count
    while index < padded {
      copy[index] = copy[index &- width]
      index &+= 1
    }
  }

  /// Whether numbers are finite.
  @_alwaysEmitIntoClient @inline(__always)
  func areFinite(_ start: UnsafePointer<Number>, _ count: Int) -> Bool {
    // What isn't finite stays so in a sum.
    var sums: (Vector, Vector) = (0, 0)
    var index = 0
    while index <= count &- 2 &* Vector.count {
      sums.0 = sums.0 + Vector(at: start + index)
      sums.1 = sums.1 + Vector(at: start + (index &+ Vector.count))
      index &+= 2 &* Vector.count
    }
    if count >= Vector.count {
      // Up to two vectors are left, in which some may be looked at again.
      sums.0 = sums.0 + Vector(at: start + Swift.max(0, count &- 2 &* Vector.count))
      sums.1 = sums.1 + Vector(at: start + (count &- Vector.count))
    }
    // A sum times 0 is 0, or not a number. Finite numbers whose sum overflows are looked at again, and so
    // are fewer than a vector.
    return count >= Vector.count && ((sums.0 * 0) + (sums.1 * 0)).reduced { $0 + $1 } == 0
      || LossKernels.areFinite(
        Span(_unsafeElements: UnsafeBufferPointer(start: start, count: count)))
  }

  /// Weighs the values of a block, adds them up, and writes them where they are asked for.
  @_alwaysEmitIntoClient @inline(__always)
  func add(
    _ block: borrowing LossBlock<Number>, _ weights: UnsafePointer<Number>,
    to totals: inout ValueSum<Vector>
  ) {
    let count = block.rowCount &* valuesPerRow
    let whole = wholeVectors(count)
    let values = block.values
    (values + count).update(repeating: 0, count: whole &- count)
    if self.weights.isThere { weigh(values, by: weights, count) }
    totals.add(values, whole)
    if self.values.isThere {
      (self.values.start + block.firstRow &* valuesPerRow).update(from: values, count: count)
    }
  }

  /// Weighs and scales the derivatives of a block, and writes them where the gradient goes.
  @_alwaysEmitIntoClient @_transparent
  func writeGradient(
    _ block: borrowing LossBlock<Number>, _ weights: UnsafePointer<Number>
  ) {
    let gradient = gradient.start + block.firstRow &* width
    let derivatives = block.derivatives
    let count = block.rowCount &* width
    let scale = Vector(repeating: scale)
    if block.hasRowFactors || (self.weights.isThere && valuesPerRow != width) {
      let factors = block.rowFactors
      if !block.hasRowFactors { factors.update(repeating: 1, count: wholeVectors(block.rowCount)) }
      if self.weights.isThere { weigh(factors, by: weights, block.rowCount) }
      if width >= Vector.count {
        var row = 0
        while row < block.rowCount {
          writeRow(
            derivatives + row &* width, times: Vector(repeating: factors[row]) * scale,
            isNothing: factors[row] == 0, to: gradient + row &* width)
          row &+= 1
        }
        return
      }
      multiplyRows(derivatives, block.rowCount, by: factors)
    } else if self.weights.isThere {
      weigh(derivatives, by: weights, count)
    }
    var index = 0
    while index <= count &- Vector.count {
      (Vector(at: derivatives + index) * scale).store(at: gradient + index)
      prefetch_line_to_write(gradient + (index &+ count))
      index &+= Vector.count
    }
    while index < count {
      gradient[index] = derivatives[index] * self.scale
      index &+= 1
    }
  }

  /// Multiplies numbers by weights, up to a whole vector.
  @_alwaysEmitIntoClient @_transparent
  func weigh(
    _ numbers: UnsafeMutablePointer<Number>, by weights: UnsafePointer<Number>, _ count: Int
  ) {
    var index = 0
    while index < count {
      Vector(at: numbers + index).weighed(by: Vector(at: weights + index))
        .store(at: numbers + index)
      index &+= Vector.count
    }
  }

  /// Writes a row of at least as many elements as a vector has; the last vector overlaps the one before.
  @_alwaysEmitIntoClient @_transparent
  func writeRow(
    _ derivatives: UnsafePointer<Number>, times factor: Vector, isNothing: Bool,
    to gradient: UnsafeMutablePointer<Number>
  ) {
    if isNothing { return gradient.update(repeating: 0, count: width) }
    let last = width &- Vector.count
    var column = 0
    while column < last {
      (Vector(at: derivatives + column) * factor).store(at: gradient + column)
      column &+= Vector.count
    }
    (Vector(at: derivatives + last) * factor).store(at: gradient + last)
  }

  /// Multiplies rows that are narrower than a vector by a factor each.
  @_alwaysEmitIntoClient @_transparent
  func multiplyRows(
    _ elements: UnsafeMutablePointer<Number>, _ count: Int, by factors: UnsafePointer<Number>
  ) {
    if width == 4 {
      var row = 0
      while row < count {
        let factor = Vector(at: factors + row)
        let halves = Vector.alternating(factor, factor)
        let low = Vector.alternating(halves.low, halves.low)
        let high = Vector.alternating(halves.high, halves.high)
        let start = elements + 4 &* row
        Vector(at: start).weighed(by: low.low).store(at: start)
        let second = start + Vector.count
        Vector(at: second).weighed(by: low.high).store(at: second)
        let third = second + Vector.count
        Vector(at: third).weighed(by: high.low).store(at: third)
        let fourth = third + Vector.count
        Vector(at: fourth).weighed(by: high.high).store(at: fourth)
        row &+= Vector.count
      }
      return
    }
    var row = 0
    while row < count {
      let factor = factors[row]
      var element = row &* width
      while element < (row &+ 1) &* width {
        elements[element] = factor == 0 ? 0 : elements[element] * factor
        element &+= 1
      }
      row &+= 1
    }
  }
}

extension NumberVector {
  /// The product; 0 where the weight is 0, even of what is infinite.
  @_alwaysEmitIntoClient @inline(__always)
  func weighed(by weight: Self) -> Self {
    .select((weight > 0) | (weight < 0), self * weight, else: 0)
  }
}

/// The sum of the values of a pass.
@usableFromInline
struct ValueSum<Vector: NumberVector> {
  @usableFromInline
  var even = LaneSum()
  @usableFromInline
  var odd = LaneSum()

  @inlinable @inline(__always)
  init() {}

  /// Adds whole vectors of values.
  @_alwaysEmitIntoClient @inline(__always)
  mutating func add(_ start: UnsafePointer<Vector.Number>, _ count: Int) {
    var index = 0
    while index <= count &- 2 &* Vector.count {
      Vector(at: start + index).add(to: &even)
      Vector(at: start + (index &+ Vector.count)).add(to: &odd)
      index &+= 2 &* Vector.count
    }
    if index < count { Vector(at: start + index).add(to: &even) }
  }

  @_alwaysEmitIntoClient @inline(__always)
  var value: Double { even.total + odd.total }
}
