import LossKit

extension RowTerm {
  /// Evaluates the rows of an array.
  public func evaluate(
    _ predictions: [Scalar], addingGradientTo gradient: inout [Scalar]?
  ) throws(InputError) -> RowTotals {
    var sum = gradient ?? []
    let isAsked = gradient != nil
    defer { gradient = isAsked ? sum : nil }
    return try predictions.withUnsafeBufferPointer { predictions throws(InputError) in
      try sum.withUnsafeMutableBufferPointer { sum throws(InputError) in
        try evaluate(predictions, addingGradientTo: isAsked ? sum : nil)
      }
    }
  }
}
