/// What a loss on the softmax of a row knows of the row.
public struct SoftmaxRow<Value: FormulaValue> {
  /// The largest logit m.
  public let largest: Value
  /// r = Σ exp(xⱼ − m) over all columns but one that is largest; log Σ exp xⱼ = m + log1p(r).
  public let others: Value
  /// The logit x of the row's class.
  public let logit: Value
  /// The weight of the row's class.
  public let weight: Value

  /// exp(x − m).
  @_alwaysEmitIntoClient @inline(__always)
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
public struct SoftmaxLoss<Value: FormulaValue> {
  /// The value.
  public var value: Value
  /// f, which makes f exp(xⱼ − m) the derivative by each logit xⱼ but that of the row's class.
  public var factor: Value
  /// g, which makes f g the derivative by the logit of the row's class.
  public var atClass: Value

  /// A value and its derivatives.
  @inlinable @inline(__always)
  public init(value: Value, factor: Value, atClass: Value) {
    self.value = value
    self.factor = factor
    self.atClass = atClass
  }
}

extension LossBlock {
  /// Evaluates rows of logits against a class each, by a formula over the softmax.
  ///
  /// - Parameters:
  ///   - classWeights: The weight of each class; `nil` if all weigh 1.
  ///   - formula: Value and derivatives of a row.
  @_alwaysEmitIntoClient @_transparent
  public mutating func evaluateSoftmax(
    classWeights: [Double]?,
    _ formula: (SoftmaxRow<Number.Vector>) -> SoftmaxLoss<Number.Vector>
  ) {
    // The derivatives of wide rows are left as exponentials, which the row's factor makes derivatives.
    hasRowFactors = width >= Number.Vector.count
    let (values, rowFactors, derivatives) = (values, rowFactors, derivatives)
    let classes = classes
    let rows = SoftmaxRows(self)
    var row = 0
    while row < rows.rowCount {
      let (largest, others) = rows.summarize(from: row)
      let labels = rows.areWide ? 0 : Number.Vector(wholeNumbers: classes + row)
      let loss = formula(
        SoftmaxRow(
          largest: largest, others: others,
          logit: rows.logits(ofClasses: classes + row, labels, from: row),
          weight: rows.weights(ofClasses: classes + row, classWeights, from: row)))
      loss.value.store(at: values + row)
      if rows.areWide {
        loss.factor.store(at: rowFactors + row)
        rows.write(loss.atClass, atClasses: classes + row, from: row)
      } else {
        rows.writeDerivatives(
          loss.factor, loss.factor * loss.atClass, labels, from: row, to: derivatives)
      }
      row &+= Number.Vector.count
    }
  }
}

extension SoftmaxRows {
  /// The logits of the rows' classes, one a lane.
  ///
  /// - Parameter labels: The classes of narrow rows as numbers.
  @_alwaysEmitIntoClient @_transparent
  func logits(
    ofClasses classes: UnsafePointer<Int32>, _ labels: Vector, from row: Int
  ) -> Vector {
    let start = logits + row &* width
    if areWide {
      let count = count(from: row)
      var lane = 0
      while lane < count {
        laneScratch[lane] = start[lane &* width &+ Int(classes[lane])]
        lane &+= 1
      }
      return Vector(at: laneScratch)
    }
    if width == 2 {
      let (first, second) = Vector.pairs(at: start)
      return .select(labels > 0, second, else: first)
    }
    var result = Vector(at: start, stride: width)
    var column = 1
    while column < width {
      let x = Vector(at: start + column, stride: width)
      result = .select(labels > Vector(Double(column) - 0.5), x, else: result)
      column &+= 1
    }
    return result
  }

  /// The weights of the rows' classes, one a lane.
  @_alwaysEmitIntoClient @_transparent
  func weights(
    ofClasses classes: UnsafePointer<Int32>, _ weights: [Double]?, from row: Int
  ) -> Vector {
    guard let weights else { return 1 }
    let count = count(from: row)
    var lane = 0
    while lane < count {
      laneScratch[lane] = Number(weights[Int(classes[lane])])
      lane &+= 1
    }
    return Vector(at: laneScratch)
  }

  /// Writes numbers, one a lane, over the exponentials of wide rows' classes.
  @_alwaysEmitIntoClient @_transparent
  func write(_ numbers: Vector, atClasses classes: UnsafePointer<Int32>, from row: Int) {
    let count = count(from: row)
    numbers.store(at: laneScratch)
    var lane = 0
    while lane < count {
      exponentials[(row &+ lane) &* width &+ Int(classes[lane])] = laneScratch[lane]
      lane &+= 1
    }
  }

  /// Writes the derivatives of narrow rows: `atClass` at their classes, the exponentials times `factor` in
  /// the other columns.
  @_alwaysEmitIntoClient @_transparent
  func writeDerivatives(
    _ factor: Vector, _ atClass: Vector, _ labels: Vector, from row: Int,
    to derivatives: UnsafeMutablePointer<Number>
  ) {
    let target = derivatives + row &* width
    if width == 2 {
      let isSecond = labels > 0
      return Vector.store(
        even: .select(isSecond, Vector(at: scratch) * factor, else: atClass),
        odd: .select(isSecond, atClass, else: Vector(at: scratch + Vector.count) * factor),
        at: target)
    }
    var column = 0
    while column < width {
      let number = Vector(Double(column))
      Vector.select(
        (labels >= number) & (labels <= number), atClass,
        else: Vector(at: scratch + column &* Vector.count) * factor
      ).store(at: target + column, stride: width)
      column &+= 1
    }
  }
}
