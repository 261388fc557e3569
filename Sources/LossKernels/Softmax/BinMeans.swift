/// The probabilities and the mean of distributions over 0, 1, …, bins − 1 whose logits lie side by side:
/// pⱼ = softmax(x)ⱼ, mean = Σ j pⱼ.
///
/// - Parameters:
///   - logits: `[distributions, bins]`.
///   - means: Receives a mean a distribution; says how many there are.
///   - probabilities: Receives as many numbers as there are logits.
@specialized(where Number == Float)
@specialized(where Number == Double)
public func evaluateBins<Number: RealScalar>(
  _ logits: Span<Number>, bins: Int, means: inout MutableSpan<Number>,
  probabilities: inout MutableSpan<Number>
) {
  let count = means.count
  guard bins > 0, count > 0, logits.count == count &* bins, probabilities.count == logits.count
  else { return }
  let (logits, probabilities) = (start(of: logits), start(of: &probabilities))
  let means = start(of: &means)
  forEachGroup(of: count, lanes: Number.Vector.count) { first, isVector in
    let (x, p) = (logits + first &* bins, probabilities + first &* bins)
    if isVector {
      mean(
        bins, { Number.Vector(at: x + $0, stride: bins) },
        { Number.Vector(at: p + $0, stride: bins) }, { $1.store(at: p + $0, stride: bins) }
      ).store(at: means + first)
    } else {
      means[first] = mean(bins, { x[$0] }, { p[$0] }, { p[$0] = $1 })
    }
  }
}

/// The derivatives by the logits, given those by the means: ∂mean/∂xⱼ = pⱼ (j − mean).
///
/// - Parameters:
///   - derivatives: By each mean.
///   - means: As many, of ``evaluateBins(_:bins:means:probabilities:)``.
///   - probabilities: As many times `bins`, of the same.
///   - gradient: Receives the derivatives, as many as probabilities.
@specialized(where Number == Float)
@specialized(where Number == Double)
public func differentiateBins<Number: RealScalar>(
  _ derivatives: Span<Number>, means: Span<Number>, probabilities: Span<Number>, bins: Int,
  gradient: inout MutableSpan<Number>
) {
  let count = derivatives.count
  guard count > 0, means.count == count, probabilities.count == count &* bins,
    gradient.count == probabilities.count
  else { return }
  let (derivatives, means) = (start(of: derivatives), start(of: means))
  let (probabilities, gradient) = (start(of: probabilities), start(of: &gradient))
  forEachGroup(of: count, lanes: Number.Vector.count) { first, isVector in
    let (p, result) = (probabilities + first &* bins, gradient + first &* bins)
    for bin in 0..<bins {
      if isVector {
        let share =
          Number.Vector(at: derivatives + first) * Number.Vector(at: p + bin, stride: bins)
        (share * (Number.Vector(Double(bin)) - Number.Vector(at: means + first)))
          .store(at: result + bin, stride: bins)
      } else {
        result[bin] = derivatives[first] * p[bin] * (Number(Double(bin)) - means[first])
      }
    }
  }
}

/// Calls `body` for groups of `lanes` neighbours, of which the last may overlap the one before; for each by itself
/// if there are fewer.
@inline(__always)
private func forEachGroup(
  of count: Int, lanes: Int, _ body: (_ first: Int, _ isVector: Bool) -> Void
) {
  guard count >= lanes else {
    for first in 0..<count { body(first, false) }
    return
  }
  var first = 0
  while first < count {
    body(Swift.min(first, count &- lanes), true)
    first &+= lanes
  }
}

/// The mean of distributions, whose probabilities are stored.
@inline(__always)
private func mean<Value: FormulaValue>(
  _ bins: Int, _ logit: (Int) -> Value, _ probability: (Int) -> Value,
  _ store: (Int, Value) -> Void
) -> Value {
  var largest = logit(0)
  for bin in 1..<Swift.max(1, bins) { largest = .max(largest, logit(bin)) }
  var sum: Value = 0
  var weighted: Value = 0
  for bin in 0..<bins {
    let exponential = Value.exp(logit(bin) - largest)
    store(bin, exponential)
    sum = sum + exponential
    weighted = weighted + Value(Double(bin)) * exponential
  }
  for bin in 0..<bins { store(bin, probability(bin) / sum) }
  return weighted / sum
}
