import VectorArithmetic

/// Neighbouring rows that a loss evaluates, and room for what it makes of them: what `losskit_block` is in C.
///
/// A block is small enough to stay in the nearest cache. Weights, checks for finite numbers, sums, and the
/// gradient in the caller's memory are the work of ``evaluateRows(_:targets:classes:width:valuesPerRow:weights:scale:values:gradient:_:)``,
/// which makes blocks and reads what losses write into them.
///
/// Kernels take whole vectors. Behind the last row of a block there is room up to the next whole vector: of
/// elements, or of rows where these are narrower than a vector. It holds what follows the block, or copies of
/// the last row of all, and what is written there isn't read.
public struct LossBlock<Number: RealScalar>: ~Copyable {
  /// The place of the first row among all that are evaluated.
  public let firstRow: Int
  /// The number of rows.
  public let rowCount: Int
  /// The number of columns.
  public let width: Int
  /// The number of values that a row has: 1, or the width.
  public let valuesPerRow: Int
  /// Whether anybody asks for derivatives; there is room for them even if not.
  public let wantsDerivatives: Bool
  /// Whether rows are compared with a class each; else with numbers.
  public let hasClasses: Bool
  /// Whether ``rowFactors`` multiply the derivatives.
  @usableFromInline
  var hasRowFactors = false
  /// Whether predictions and targets were found to be finite, so that nobody looks again.
  @usableFromInline
  var isFinite = false

  @usableFromInline
  let predictions: UnsafePointer<Number>
  /// Numbers to compare with, ``targetWidth`` a row; the predictions themselves if there are none.
  @usableFromInline
  let targets: UnsafePointer<Number>
  /// The numbers that a row is compared with: the width, or 1.
  @usableFromInline
  let targetWidth: Int
  /// A class a row, from 0 to `width` − 1, if there are classes.
  @usableFromInline
  let classes: UnsafePointer<Int32>
  @usableFromInline
  let values: UnsafeMutablePointer<Number>
  @usableFromInline
  let derivatives: UnsafeMutablePointer<Number>
  /// What multiplies each row's derivatives, if a loss says that it wrote them.
  @usableFromInline
  let rowFactors: UnsafeMutablePointer<Number>
  /// Room for what a kernel computes of a group of rows: two vectors a lane and one more.
  @usableFromInline
  let scratch: UnsafeMutablePointer<Number>
  /// Where the derivatives will go once they are weighed: fetched ahead, and written by the library alone.
  @usableFromInline
  let destination: UnsafePointer<Number>
  /// Room that a loss set aside for all blocks of its pass.
  @usableFromInline
  var workspace: Workspace

  @inlinable @inline(__always)
  init(
    firstRow: Int, rowCount: Int, width: Int, valuesPerRow: Int, wantsDerivatives: Bool,
    hasClasses: Bool, predictions: UnsafePointer<Number>, targets: UnsafePointer<Number>,
    classes: UnsafePointer<Int32>, values: UnsafeMutablePointer<Number>,
    derivatives: UnsafeMutablePointer<Number>, rowFactors: UnsafeMutablePointer<Number>,
    scratch: UnsafeMutablePointer<Number>, destination: UnsafeMutablePointer<Number>,
    targetWidth: Int, workspace: Workspace
  ) {
    self.firstRow = firstRow
    self.rowCount = rowCount
    self.width = width
    self.valuesPerRow = valuesPerRow
    self.wantsDerivatives = wantsDerivatives
    self.hasClasses = hasClasses
    self.predictions = predictions
    self.targets = targets
    self.classes = classes
    self.values = values
    self.derivatives = derivatives
    self.rowFactors = rowFactors
    self.scratch = scratch
    self.destination = UnsafePointer(destination)
    self.targetWidth = targetWidth
    self.workspace = workspace
  }
}

/// Memory that a loss needs besides the block's: set aside for the first block, and there for the others with what
/// was written into it.
@usableFromInline
struct Workspace {
  @usableFromInline
  var memory: UnsafeMutableRawPointer?

  @inlinable @inline(__always)
  init() {}

  /// The memory, of `byteCount` bytes for all blocks of a pass, from a cache line on; `prepare` writes into it first
  /// what all blocks read.
  @_alwaysEmitIntoClient @inline(__always)
  mutating func memory(
    byteCount: Int, _ prepare: (UnsafeMutableRawPointer) -> Void
  ) -> UnsafeMutableRawPointer {
    if let memory { return memory }
    let new = UnsafeMutableRawPointer.allocate(byteCount: Swift.max(64, byteCount), alignment: 64)
    prepare(new)
    memory = new
    return new
  }
}

extension LossBlock {
  /// Whether all predictions and targets are finite.
  @usableFromInline
  func checkFinite() -> Bool {
    let count = rowCount &* width
    return areFinite(Span(_unsafeElements: UnsafeBufferPointer(start: predictions, count: count)))
      && (hasClasses
        || areFinite(
          Span(
            _unsafeElements: UnsafeBufferPointer(start: targets, count: rowCount &* targetWidth))))
  }

  /// What the author of a loss on whole rows reads and writes; nothing is called if a number isn't finite.
  ///
  /// - Parameter body: Gets the predictions, `[rowCount, width]`, finite as are the targets; the
  ///   targets, as many or one a row, or none if there are classes; the classes, one a row and from 0 to `width` − 1,
  ///   or none; zeros for the values, ``valuesPerRow`` a row; and zeros for the derivatives of each value
  ///   by its predictions, `[rowCount, width]`.
  @_alwaysEmitIntoClient @inline(__always)
  public mutating func withSpans<Failure: Error>(
    _ body: (
      _ predictions: Span<Number>, _ targets: Span<Number>, _ classes: Span<Int32>,
      _ values: inout MutableSpan<Number>, _ derivatives: inout MutableSpan<Number>
    ) throws(Failure) -> Void
  ) throws(Failure) {
    // The values of a block that isn't finite aren't read.
    isFinite = checkFinite()
    guard isFinite else { return }
    values.update(repeating: 0, count: rowCount &* valuesPerRow)
    derivatives.update(repeating: 0, count: rowCount &* width)
    try withExponentials(body)
  }

  /// As ``withSpans(_:)``, but for what ``softmaxSums()`` left where the derivatives go.
  @_alwaysEmitIntoClient @inline(__always)
  public borrowing func withExponentials<Failure: Error>(
    _ body: (
      _ predictions: Span<Number>, _ targets: Span<Number>, _ classes: Span<Int32>,
      _ values: inout MutableSpan<Number>, _ exponentials: inout MutableSpan<Number>
    ) throws(Failure) -> Void
  ) throws(Failure) {
    let elements = rowCount &* width
    var valueSpan = MutableSpan(
      _unsafeElements: UnsafeMutableBufferPointer(
        start: values, count: rowCount &* valuesPerRow))
    var derivativeSpan = MutableSpan(
      _unsafeElements: UnsafeMutableBufferPointer(start: derivatives, count: elements))
    try body(
      Span(_unsafeElements: UnsafeBufferPointer(start: predictions, count: elements)),
      Span(
        _unsafeElements: UnsafeBufferPointer(
          start: targets, count: hasClasses ? 0 : rowCount &* targetWidth)),
      Span(
        _unsafeElements: UnsafeBufferPointer(start: classes, count: hasClasses ? rowCount : 0)),
      &valueSpan, &derivativeSpan)
  }

  /// Evaluates each element by a formula, a vector of neighbours at a time.
  ///
  /// Inlined into the caller, so that the formula is compiled into the loop.
  ///
  /// - Parameter formula: The value of an element, and its derivative by the prediction.
  @_alwaysEmitIntoClient @inline(__always)
  public borrowing func evaluateElements(
    _ formula: (_ prediction: Number.Vector, _ target: Number.Vector)
      -> (value: Number.Vector, derivative: Number.Vector)
  ) {
    let count = rowCount &* width
    var index = 0
    while index < count {
      // What comes next, so that the memory works while this is computed.
      prefetch_line(predictions + (index &+ count))
      prefetch_line(targets + (index &+ count))
      let (value, derivative) = formula(
        Number.Vector(at: predictions + index), Number.Vector(at: targets + index))
      value.store(at: values + index)
      derivative.store(at: derivatives + index)
      index &+= Number.Vector.count
    }
  }

  /// Writes as values what a formula makes of each prediction.
  @_alwaysEmitIntoClient @inline(__always)
  public borrowing func writeValues(_ formula: (Number.Vector) -> Number.Vector) {
    let count = rowCount &* width
    var index = 0
    while index < count {
      formula(Number.Vector(at: predictions + index)).store(at: values + index)
      index &+= Number.Vector.count
    }
  }

  /// Evaluates each element by a formula that reads a number of the element's column as well.
  ///
  /// - Parameter columns: A number a column, or one for all.
  @_alwaysEmitIntoClient @inline(__always)
  public borrowing func evaluateElements(
    columns: [Double],
    _ formula: (_ prediction: Number.Vector, _ target: Number.Vector, _ column: Number.Vector)
      -> (value: Number.Vector, derivative: Number.Vector)
  ) {
    let lanes = Number.Vector.count
    // The columns over and over, so that a vector may begin at any of the first `period` numbers.
    let period =
      columns.count == 1 ? lanes : (lanes &+ columns.count &- 1) / columns.count &* columns.count
    guard period > 0 else { return }
    let start = UnsafeMutablePointer<Number>.allocate(capacity: period &+ lanes)
    defer { start.deallocate() }
    for index in 0..<period &+ lanes { start[index] = Number(columns[index % columns.count]) }
    var first = 0
    evaluateElements { prediction, target in
      let column = Number.Vector(at: start + first)
      first &+= lanes
      if first >= period { first &-= period }
      return formula(prediction, target, column)
    }
  }

  /// Evaluates each pair of boxes by a formula, a vector of neighbours at a time; rows are x1, y1, x2, y2.
  ///
  /// Inlined into the caller, so that the formula is compiled into the loop.
  ///
  /// - Parameter formula: The value of a pair, in dual numbers whose variables are the coordinates of the
  ///   predicted box.
  /// - Returns: Whether no target has a negative side.
  @_alwaysEmitIntoClient @inline(__always)
  public borrowing func evaluateBoxPairs(
    _ formula: (
      _ prediction: FormulaBox<Dual<Number.Vector>>, _ target: FormulaBox<Dual<Number.Vector>>
    ) -> Dual<Number.Vector>
  ) -> Bool {
    guard width == 4 else { return true }
    var leastSide: Number.Vector = 0
    var row = 0
    while row < rowCount {
      let prediction = FormulaBox<Number.Vector>(at: predictions + 4 &* row)
      let target = FormulaBox<Number.Vector>(at: targets + 4 &* row)
      leastSide = .min(leastSide, .min(target.width, target.height))
      let result = formula(prediction.variable, target.constant)
      result.value.store(at: values + row)
      FormulaBox(result.derivatives).store(at: derivatives + 4 &* row)
      row &+= Number.Vector.count
    }
    return leastSide.reduced { .min($0, $1) } >= 0
  }
}
