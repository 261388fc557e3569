extension LossBlock {
  /// Evaluates rows of logits against a number each, by which two neighbouring columns share the cross-entropy:
  /// lower CE(i) + upper CE(i + 1).
  ///
  /// - Parameter shares: The column i of a row's number, at most `width` − 2, and how much i and i + 1 count;
  ///   together 1.
  @_alwaysEmitIntoClient @_transparent
  public mutating func evaluateSoftmax(
    sharedBy shares: (_ target: Number) -> (column: Int, lower: Number, upper: Number)
  ) {
    // The derivatives are left as exponentials, which the row's factor makes derivatives.
    hasRowFactors = true
    let lanes = Number.Vector.count
    let (values, rowFactors, derivatives) = (values, rowFactors, derivatives)
    let targets = targets
    let rows = SoftmaxRows(self)
    let numbers = rows.scratch
    var row = 0
    while row < rows.rowCount {
      let (largest, others) = rows.summarize(from: row)
      if !rows.areWide {
        rows.map(from: row, rowNumbers: (0, 0, 0, 0), to: derivatives) { place, _ in
          place.exponentials
        }
      }
      let count = rows.count(from: row)
      var lane = 0
      while lane < count {
        let (column, lower, upper) = shares(targets[row &+ lane])
        let start = (row &+ lane) &* rows.width &+ column
        numbers[lane] = lower
        numbers[lanes &+ lane] = upper
        numbers[2 &* lanes &+ lane] = rows.logits[start]
        numbers[3 &* lanes &+ lane] = rows.logits[start &+ 1]
        numbers[4 &* lanes &+ lane] = derivatives[start]
        numbers[5 &* lanes &+ lane] = derivatives[start &+ 1]
        lane &+= 1
      }
      let total = 1 + others
      let logSum = Number.Vector.log1p(others)
      var value: Number.Vector = 0
      var side = 0
      while side < 2 {
        let share = Number.Vector(at: numbers + side &* lanes)
        let logit = Number.Vector(at: numbers + (2 &+ side) &* lanes)
        let exponential = Number.Vector(at: numbers + (4 &+ side) &* lanes)
        // A share of zero is passed over: its difference may be infinite.
        value = value + .select(share > 0, share * ((largest - logit) + logSum), else: 0)
        // Of a column that has most of the probability, what is left of 1 on both sides.
        Number.Vector.select(
          (logit >= largest) & (others < 1), (1 - share) - share * others,
          else: exponential - share * total
        ).store(at: numbers + side &* lanes)
        side &+= 1
      }
      value.store(at: values + row)
      (1 / total).store(at: rowFactors + row)
      lane = 0
      while lane < count {
        let start = (row &+ lane) &* rows.width &+ shares(targets[row &+ lane]).column
        derivatives[start] = numbers[lane]
        derivatives[start &+ 1] = numbers[lanes &+ lane]
        lane &+= 1
      }
      row &+= lanes
    }
  }
}
