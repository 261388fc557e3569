/// What the softmax of a block's rows needs, whatever it is for.
public struct RowSums<Number: RealScalar>: Sendable {
  /// The largest element m of each row.
  public let largest: [Number]
  /// r = Σ exp(xⱼ − m) over all columns but one that is largest, for each row.
  public let others: [Number]
  /// log1p(r) = log Σ exp xⱼ − m, for each row.
  public let logSums: [Number]

  @inlinable @inline(__always)
  init(largest: [Number], others: [Number], logSums: [Number]) {
    self.largest = largest
    self.others = others
    self.logSums = logSums
  }
}

extension LossBlock {
  /// Sums the rows, and leaves exp(xⱼ − m) where the derivatives go.
  @_alwaysEmitIntoClient @inline(__always)
  public borrowing func softmaxSums() -> RowSums<Number> {
    let whole = (rowCount &+ Number.Vector.count &- 1) / Number.Vector.count &* Number.Vector.count
    var largest = [Number](repeating: 0, count: whole)
    var others = largest
    var logSums = largest
    let derivatives = derivatives
    let rows = SoftmaxRows(self)
    var row = 0
    while row < rows.rowCount {
      let sums = rows.summarize(from: row)
      if !rows.areWide {
        rows.map(from: row, rowNumbers: (0, 0, 0, 0), to: derivatives) { place, _ in
          place.exponentials
        }
      }
      let logSum = Number.Vector.log1p(sums.others)
      for lane in 0..<Number.Vector.count {
        largest[row &+ lane] = sums.largest[lane]
        others[row &+ lane] = sums.others[lane]
        logSums[row &+ lane] = logSum[lane]
      }
      row &+= Number.Vector.count
    }
    return RowSums(largest: largest, others: others, logSums: logSums)
  }
}
