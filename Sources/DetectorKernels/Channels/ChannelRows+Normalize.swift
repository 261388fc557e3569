import LossKernels

extension ChannelRows {
  /// For each channel the sum of the elements and the sum of their squares, in Double.
  public func moments(
    _ elements: Span<Float>, workers: Workers
  ) -> (sum: [Double], squares: [Double]) {
    let (sum, squares) = sums(elements, elements, workers: workers) { x, _, _ in (x, x * x) }
    return (sum, squares)
  }

  /// Sets each element of `result` to max(0, scale · x + shift), each channel with its own numbers.
  public func scaleAndRectify(
    _ elements: Span<Float>, scale: [Float], shift: [Float], into result: inout MutableSpan<Float>,
    workers: Workers
  ) {
    guard scale.count == channels, shift.count == channels else { return }
    let (scale, shift) = (vectors(scale), vectors(shift))
    map(elements, elements, into: &result, workers: workers) { x, _, vector in
      .max(0, scale[vector] * x + shift[vector])
    }
  }

  /// For each channel two sums over the gradient g, of those elements that
  /// ``scaleAndRectify(_:scale:shift:into:workers:)`` left above 0: of g, and of g · x.
  public func rectifiedMoments(
    _ gradient: Span<Float>, _ elements: Span<Float>, scale: [Float], shift: [Float],
    workers: Workers
  ) -> (sum: [Double], products: [Double]) {
    guard scale.count == channels, shift.count == channels else {
      return (zeros(channels), zeros(channels))
    }
    let (scale, shift) = (vectors(scale), vectors(shift))
    let (sum, products) = sums(gradient, elements, workers: workers) { g, x, vector in
      let passed = FloatVector.select(scale[vector] * x + shift[vector] > 0, g, else: 0)
      return (passed, passed * x)
    }
    return (sum, products)
  }

  /// Sets each element of `result` to a · g + b · x + c, each channel with its own numbers, where g is 0
  /// for elements that ``scaleAndRectify(_:scale:shift:into:workers:)`` didn't leave above 0.
  public func combineRectified(
    _ gradient: Span<Float>, _ elements: Span<Float>, scale: [Float], shift: [Float],
    a: [Float], b: [Float], c: [Float], into result: inout MutableSpan<Float>, workers: Workers
  ) {
    guard [scale, shift, a, b, c].allSatisfy({ $0.count == channels }) else { return }
    let (scale, shift) = (vectors(scale), vectors(shift))
    let (a, b, c) = (vectors(a), vectors(b), vectors(c))
    map(gradient, elements, into: &result, workers: workers) { g, x, vector in
      let passed = FloatVector.select(scale[vector] * x + shift[vector] > 0, g, else: 0)
      return a[vector] * passed + b[vector] * x + c[vector]
    }
  }
}

/// Neighbouring elements in vectors; those that don't fill one are left out.
private func vectors(_ elements: [Float]) -> [FloatVector] {
  stride(from: 0, to: elements.count - elements.count % 16, by: 16).map { start in
    var lanes = SIMD16<Float>()
    for lane in 0..<16 { lanes[lane] = elements[start + lane] }
    return FloatVector(lanes)
  }
}
