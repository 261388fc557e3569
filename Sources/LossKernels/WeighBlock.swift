/// Scores a block of finite predictions by `score`, then weighs and adds up the values.
///
/// For losses whose author writes values and slopes alone. Inlined into the caller, so that the author's
/// code is compiled into it.
///
/// - Parameters:
///   - predictions: The elements.
///   - valueCount: How many values there are.
///   - weights: What each value and its slopes are multiplied by; as many, or none where all weigh 1.
///   - scale: What the slopes are multiplied by besides.
///   - values: Receives the weighted values; as many, or none where only their sum is asked for.
///   - gradient: Receives the weighted and scaled slopes; as many as predictions, or none.
///   - score: Gets values and slopes as zeros and fills them in.
/// - Returns: The sum of the weighted values.
@inlinable @inline(__always)
public func weighBlock<Number: RealScalar, Failure: Error>(
  _ predictions: Span<Number>, valueCount: Int, weights: Span<Number>, scale: Number,
  values: inout MutableSpan<Number>, gradient: inout MutableSpan<Number>,
  _ score: (inout MutableSpan<Number>, inout MutableSpan<Number>) throws(Failure) -> Void
) throws(Failure) -> BlockSum {
  guard areFinite(predictions) else { return BlockSum(value: 0, isFinite: false) }
  clear(&gradient)
  var scratch = [Number](repeating: 0, count: values.isEmpty ? valueCount : 0)
  if values.isEmpty {
    var scratchSpan = scratch.mutableSpan
    try score(&scratchSpan, &gradient)
    return BlockSum(
      value: weigh(&scratchSpan, &gradient, by: weights, scale: scale), isFinite: true)
  }
  clear(&values)
  try score(&values, &gradient)
  return BlockSum(value: weigh(&values, &gradient, by: weights, scale: scale), isFinite: true)
}

/// Weighs values and slopes, scales the slopes, and adds up the values.
@specialized(where Number == Float)
@specialized(where Number == Double)
@usableFromInline
func weigh<Number: RealScalar>(
  _ values: inout MutableSpan<Number>, _ gradient: inout MutableSpan<Number>,
  by weights: Span<Number>, scale: Number
) -> Double {
  let perValue = values.isEmpty ? 0 : gradient.count / values.count
  if weights.count == values.count {
    for index in weights.indices {
      let weight = weights[index]
      values[index] *= weight
      for element in index * perValue..<(index + 1) * perValue { gradient[element] *= weight }
    }
  }
  if scale != 1 { for index in gradient.indices { gradient[index] *= scale } }
  return sum(values.span)
}
