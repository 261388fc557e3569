/// What the softmax of a block's rows needs, whatever it is for.
public struct RowSums<Number: RealScalar>: Sendable {
  /// The largest element m of each row.
  public let largest: [Number]
  /// r = Σ exp(xⱼ − m) over all columns but one that is largest, for each row.
  public let others: [Number]
  /// log1p(r) = log Σ exp xⱼ − m, for each row.
  public let logSums: [Number]

  /// Sums the rows of `[rows, width]`, and writes exp(xⱼ − m) into `exponentials`, as many as logits.
  @inlinable @inline(__always)
  public init(
    ofRows logits: Span<Number>, width: Int, exponentials: inout MutableSpan<Number>
  ) {
    typealias Vector = Number.Vector
    let rows = width > 0 && exponentials.count == logits.count ? logits.count / width : 0
    var largest = [Number](repeating: 0, count: rows)
    var others = largest
    var logSums = largest
    logits.withUnsafeBufferPointer { logits in
      exponentials.withUnsafeMutableBufferPointer { exponentials in
        withUnsafeTemporaryAllocation(
          of: Number.self, capacity: SoftmaxRows<Number>.scratchCount
        ) { scratch in
          guard let logits = logits.baseAddress, let exponentials = exponentials.baseAddress,
            let scratch = scratch.baseAddress
          else { return }
          var group = SoftmaxRows<Number>(
            logits, width: width, exponentials: exponentials, scratch: scratch)
          var row = 0
          while row < rows {
            let count = Swift.min(Vector.count, rows &- row)
            let sums = group.summarize(count, from: row)
            if !group.areWide {
              group.write(count, from: row, times: 1, to: exponentials)
            }
            let logSum = Vector.log1p(sums.others)
            for lane in 0..<count {
              largest[row &+ lane] = sums.largest[lane]
              others[row &+ lane] = sums.others[lane]
              logSums[row &+ lane] = logSum[lane]
            }
            row &+= count
          }
        }
      }
    }
    self.largest = largest
    self.others = others
    self.logSums = logSums
  }
}
