import LossKernels

/// `forEachBlock` over arrays, which it has no need of.
func forEachBlock<Scalar: RealScalar>(
  of rows: RowSelection, in predictions: [Scalar], addingGradientTo gradient: inout [Scalar]?,
  marked: [Bool]? = nil, on workers: Workers, _ body: BlockBody<Scalar>
) -> RowTotals? {
  predictions.withUnsafeBufferPointer { predictions in
    guard var sum = gradient else {
      return forEachBlock(
        of: rows, in: predictions, addingGradientTo: nil, marked: marked, on: workers, body)
    }
    defer { gradient = sum }
    return sum.withUnsafeMutableBufferPointer { sum in
      forEachBlock(
        of: rows, in: predictions, addingGradientTo: sum, marked: marked, on: workers, body)
    }
  }
}
