extension LossBlock {
  /// Evaluates rows of logits of a distribution over 0, 1, …, width − 1: a row's value is its mean Σ j pⱼ with
  /// pⱼ = softmax(x)ⱼ, and the derivatives are pⱼ (j − mean).
  @_alwaysEmitIntoClient @inline(__always)
  public mutating func evaluateBinMeans() {
    typealias Vector = Number.Vector
    let (lanes, bins) = (Vector.count, width)
    let (predictions, values, derivatives) = (predictions, values, derivatives)
    let capacity = lanes &* bins
    // A vector a bin, and as many rows as a vector has lanes where there are fewer.
    let columns = workspace.memory(byteCount: 2 &* capacity &* MemoryLayout<Number>.stride) {
      $0.bindMemory(to: Number.self, capacity: 2 &* capacity).update(
        repeating: 0, count: 2 &* capacity)
    }.assumingMemoryBound(to: Number.self)
    let few = columns + capacity
    var row = 0
    while row < rowCount {
      let count = Swift.min(lanes, rowCount &- row)
      let rows = predictions + row &* bins
      if count < lanes { few.update(from: rows, count: count &* bins) }
      Vector.loadColumns(bins, at: count < lanes ? UnsafePointer(few) : rows, to: columns)
      var largest = Vector(at: columns)
      var bin = 1
      while bin < bins {
        largest = .max(largest, Vector(at: columns + bin &* lanes))
        bin &+= 1
      }
      var (sum, weighted, number): (Vector, Vector, Vector) = (0, 0, 0)
      bin = 0
      while bin < bins {
        let exponential = Vector.exponentialOfNegative(
          Vector(at: columns + bin &* lanes) - largest)
        exponential.store(at: columns + bin &* lanes)
        sum = sum + exponential
        weighted = weighted + number * exponential
        number = number + 1
        bin &+= 1
      }
      let mean = weighted / sum
      mean.store(at: values + row)
      if wantsDerivatives {
        let share = 1 / sum
        (bin, number) = (0, 0)
        while bin < bins {
          let place = columns + bin &* lanes
          (Vector(at: place) * share * (number - mean)).store(at: place)
          number = number + 1
          bin &+= 1
        }
        let target = derivatives + row &* bins
        Vector.storeColumns(bins, of: columns, at: count < lanes ? few : target)
        if count < lanes { target.update(from: few, count: count &* bins) }
      }
      row &+= lanes
    }
  }
}
