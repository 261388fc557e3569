/// The probabilities and the mean of distributions over 0, 1, …, bins − 1 whose logits lie side by side:
/// pⱼ = softmax(x)ⱼ, mean = Σ j pⱼ.
///
/// - Parameters:
///   - logits: `[distributions, bins]`.
///   - means: Receives a mean a distribution; says how many there are.
///   - probabilities: Receives as many numbers as there are logits; empty if they aren't wanted.
@specialized(where Number == Float)
@specialized(where Number == Double)
public func evaluateBins<Number: RealScalar>(
  _ logits: Span<Number>, bins: Int, means: inout MutableSpan<Number>,
  probabilities: inout MutableSpan<Number>
) {
  typealias Vector = Number.Vector
  let count = means.count
  let wantsProbabilities = !probabilities.isEmpty
  guard bins > 0, count > 0, logits.count == count &* bins,
    !wantsProbabilities || probabilities.count == logits.count
  else { return }
  let (logits, probabilities) = (start(of: logits), start(of: &probabilities))
  let means = start(of: &means)
  withColumns(bins, Number.self) { columns in
    forEachGroup(of: count, lanes: Vector.count) { first, isVector in
      let (x, p) = (logits + first &* bins, probabilities + first &* bins)
      guard isVector else {
        means[first] = mean(bins, { x[$0] }, { columns[$0] }, { columns[$0] = $1 })
        if wantsProbabilities { p.update(from: columns, count: bins) }
        return
      }
      Vector.loadColumns(bins, at: x, to: columns)
      let (column, store) = access(to: columns)
      mean(bins, column, column, store).store(at: means + first)
      if wantsProbabilities { Vector.storeColumns(bins, of: columns, at: p) }
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
  typealias Vector = Number.Vector
  let count = derivatives.count
  guard count > 0, means.count == count, probabilities.count == count &* bins,
    gradient.count == probabilities.count
  else { return }
  let (derivatives, means) = (start(of: derivatives), start(of: means))
  let (probabilities, gradient) = (start(of: probabilities), start(of: &gradient))
  withColumns(bins, Number.self) { columns in
    forEachGroup(of: count, lanes: Vector.count) { first, isVector in
      let (p, result) = (probabilities + first &* bins, gradient + first &* bins)
      guard isVector else {
        for bin in 0..<bins {
          result[bin] = derivatives[first] * p[bin] * (Number(Double(bin)) - means[first])
        }
        return
      }
      Vector.loadColumns(bins, at: p, to: columns)
      let (column, store) = access(to: columns)
      let (derivative, mean) = (Vector(at: derivatives + first), Vector(at: means + first))
      for bin in 0..<bins { store(bin, derivative * column(bin) * (Vector(Double(bin)) - mean)) }
      Vector.storeColumns(bins, of: columns, at: result)
    }
  }
}

/// Calls `body` with room for a vector a bin.
@inline(__always)
private func withColumns<Number: RealScalar>(
  _ bins: Int, _: Number.Type, _ body: (UnsafeMutablePointer<Number>) -> Void
) {
  let columns = UnsafeMutablePointer<Number>.allocate(capacity: bins &* Number.Vector.count)
  defer { columns.deallocate() }
  body(columns)
}

/// What reads and what writes the vector of a bin.
@inline(__always)
private func access<Number: RealScalar>(
  to columns: UnsafeMutablePointer<Number>
) -> (read: (Int) -> Number.Vector, write: (Int, Number.Vector) -> Void) {
  (
    { Number.Vector(at: columns + $0 &* Number.Vector.count) },
    { $1.store(at: columns + $0 &* Number.Vector.count) }
  )
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
