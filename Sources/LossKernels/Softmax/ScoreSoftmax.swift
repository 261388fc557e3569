/// What a loss on the softmax of a row knows of the row.
public struct SoftmaxRow<Value: FormulaValue> {
  /// The largest logit m.
  public let largest: Value
  /// r = Σ exp(xⱼ − m) over all columns but one that is largest; log Σ exp xⱼ = m + log1p(r).
  public let others: Value
  /// The logit x of the row's class.
  public let logit: Value
  /// The row's weight; 0 where the row is left out.
  public let weight: Value

  /// exp(x − m).
  @inlinable @inline(__always)
  public var exponential: Value { .exp(logit, minus: largest) }

  @inlinable @inline(__always)
  init(largest: Value, others: Value, logit: Value, weight: Value) {
    self.largest = largest
    self.others = others
    self.logit = logit
    self.weight = weight
  }
}

/// What a loss on the softmax of a row comes to.
public struct SoftmaxScore<Value: FormulaValue> {
  /// The weighted value.
  public var value: Value
  /// The derivative by the logit of the row's class.
  public var slope: Value
  /// f, which makes f exp(xⱼ − m) the derivative by each other logit xⱼ.
  public var slopePerExponential: Value

  /// A value and its derivatives.
  @inlinable @inline(__always)
  public init(value: Value, slope: Value, slopePerExponential: Value) {
    self.value = value
    self.slope = slope
    self.slopePerExponential = slopePerExponential
  }
}

/// Scores rows of logits against a class each, by a formula over the softmax, in one pass.
///
/// - Parameters:
///   - logits: `[rows, width]`.
///   - classes: A class below `width` for each row, or a negative number where the row is left out.
///   - weights: What each row's value and slopes are multiplied by, or none where all weigh 1.
///   - scale: What the slopes are multiplied by besides.
///   - values: Receives the weighted values; one a row, or none where only their sum is asked for.
///   - gradient: Receives the slopes; as many as logits, or none where none is asked for.
///   - hasClassWeights: Whether classes have weights, which multiply those of the rows.
///   - classWeight: The weight of a class.
///   - formula: Value and slopes of a row.
/// - Returns: The sum of the weighted values.
@inlinable @inline(__always)
public func scoreSoftmax<Number: RealScalar>(
  _ logits: Span<Number>, classes: Span<Int32>, width: Int, weights: Span<Number>, scale: Number,
  values: inout MutableSpan<Number>, gradient: inout MutableSpan<Number>,
  hasClassWeights: Bool, classWeight: (Int32) -> Number,
  _ formula: (SoftmaxRow<Number.Vector>) -> SoftmaxScore<Number.Vector>
) -> BlockSum {
  typealias Vector = Number.Vector
  let rows = classes.count
  guard width > 0, logits.count == rows * width, weights.isEmpty || weights.count == rows,
    values.isEmpty || values.count == rows, gradient.isEmpty || gradient.count == logits.count
  else { return BlockSum(value: 0, isFinite: rows == 0 || width == 0) }
  // What lies outside would be read from other rows, or from past the end.
  guard areClasses(classes, below: width) else { return BlockSum(value: 0, isFinite: false) }
  let hasWeights = !weights.isEmpty
  let wantsValues = !values.isEmpty
  return logits.withUnsafeBufferPointer { logits in
    classes.withUnsafeBufferPointer { classes in
      weights.withUnsafeBufferPointer { weights in
        values.withUnsafeMutableBufferPointer { values in
          gradient.withUnsafeMutableBufferPointer { gradient in
            withUnsafeTemporaryAllocation(
              of: Number.self,
              capacity: SoftmaxRows<Number>.scratchCount + Vector.count
                + (gradient.isEmpty ? logits.count : 0)
            ) { scratch in
              guard let logits = logits.baseAddress, let classes = classes.baseAddress,
                let scratch = scratch.baseAddress
              else { return BlockSum(value: 0, isFinite: true) }
              let gradient = gradient.isEmpty ? nil : gradient.baseAddress
              let labelWeights = scratch + SoftmaxRows<Number>.scratchCount
              var group = SoftmaxRows<Number>(
                logits, width: width, exponentials: gradient ?? labelWeights + Vector.count,
                scratch: scratch)
              let scale = Vector(repeating: scale)
              var sum = LaneSum()
              var row = 0
              while row < rows {
                let count = Swift.min(Vector.count, rows &- row)
                let (largest, others) = group.summarize(count, from: row)

                let labels = Vector(first: count, wholeNumbers: classes + row)
                var weight = Vector.select(labels < 0, 0, else: 1)
                if hasWeights, let weights = weights.baseAddress {
                  weight = weight * Vector(first: count, at: weights + row)
                }
                if hasClassWeights {
                  var lane = 0
                  while lane < count {
                    let label = classes[row &+ lane]
                    labelWeights[lane] = label < 0 ? 0 : classWeight(label)
                    lane &+= 1
                  }
                  weight = weight * Vector(first: count, at: labelWeights)
                }
                let score = formula(
                  SoftmaxRow(
                    largest: largest, others: others,
                    logit: group.logits(ofClasses: classes, labels, count, from: row),
                    weight: weight))
                if let gradient {
                  group.write(
                    count, from: row, times: score.slopePerExponential * scale,
                    slopes: score.slope * scale, atClasses: classes, labels, to: gradient)
                }
                if let values = values.baseAddress, wantsValues {
                  score.value.store(first: count, at: values + row)
                }
                let value =
                  count < Vector.count
                  ? .select(Vector.lanes(from: count), 0, else: score.value) : score.value
                value.add(to: &sum)
                row &+= count
              }
              return BlockSum(value: sum.total, isFinite: group.check.holds)
            }
          }
        }
      }
    }
  }
}

/// Whether no class is `width` or more.
@usableFromInline
func areClasses(_ classes: Span<Int32>, below width: Int) -> Bool {
  var highest: Int32 = -1
  for index in classes.indices { highest = max(highest, classes[index]) }
  return Int(highest) < width
}
