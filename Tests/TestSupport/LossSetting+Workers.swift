import LossKit

extension LossSetting {
  /// Which of several numbers of workers give other bits than one worker does; none should.
  public func workersThatDiffer(rows: Int) throws -> [Int] {
    let loss = try make()
    let input = randomInput(rows: rows, .rows, seed: 11)
    let results = try [1, 2, 3].map { count in
      try input.evaluate(loss, over: Float.self, reduction: .none, workers: Workers(count))
    }
    return [2, 3].filter { !results[$0 - 1].hasTheBits(of: results[0]) }
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
