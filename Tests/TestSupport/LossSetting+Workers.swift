import LossKit

extension LossSetting {
  /// Which numbers of threads and instruction sets give other bits than one thread at the baseline.
  public func workersThatDiffer(rows: Int) throws -> [Workers] {
    let loss = try make()
    let input = randomInput(rows: rows, .rows, seed: 11)
    let all = InstructionSet.allCases.flatMap { instructions in
      [1, 2, 3].map { Workers($0, instructions: instructions) }
    }
    let results = try all.map { workers in
      try input.evaluate(loss, over: Float.self, reduction: .none, workers: workers)
    }
    return zip(all, results).filter { !$1.hasTheBits(of: results[0]) }.map(\.0)
  }
}

extension LossResult {
  /// Whether all numbers are equal to the last bit; `isEqual` would take both zeros as one.
  fileprivate func hasTheBits(of other: Self) -> Bool where Scalar == Float {
    value.bitPattern == other.value.bitPattern
      && values?.elements.map(\.bitPattern) == other.values?.elements.map(\.bitPattern)
      && gradient?.elements.map(\.bitPattern) == other.gradient?.elements.map(\.bitPattern)
  }
}
