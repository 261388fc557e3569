import LossKit

extension LossSetting {
  /// Whether another loss has the bits of this one, on every number of threads and instruction set.
  ///
  /// - Parameter isSame: Called with a word on what was compared, and whether it was the same.
  public func compare(
    with other: any Loss, _ isSame: (_ what: String, _ isSame: Bool) -> Void
  ) throws {
    let loss = try make()
    let all = InstructionSet.allCases.filter { $0 <= .widest }.flatMap { instructions in
      [1, 2, 3].map { Workers($0, instructions: instructions) }
    }
    for (rows, seed) in [(1, 1), (37, 2), (700, 3), (3000, 4)] as [(Int, UInt64)] {
      let input = randomInput(rows: rows, .rows, seed: seed)
      try input.compare(loss, with: other, over: Float.self, on: all, isSame)
      try input.compare(loss, with: other, over: Double.self, on: [Workers(1)], isSame)
    }
  }
}

extension LossInput {
  fileprivate func compare<Scalar: LossScalar>(
    _ loss: any Loss, with other: any Loss, over _: Scalar.Type, on workers: [Workers],
    _ isSame: (_ what: String, _ isSame: Bool) -> Void
  ) throws {
    let expected = try evaluate(loss, over: Scalar.self, reduction: .none)
    let results = try evaluate(other, over: Scalar.self, reduction: .none, on: workers)
    for (workers, result) in zip(workers, results) {
      let what = "\(rows) rows of \(Scalar.self) on \(workers)"
      isSame("the values of \(what)", hasBits(result.values, of: expected.values))
      isSame("the gradient of \(what)", hasBits(result.gradient, of: expected.gradient))
    }
  }

  private func hasBits<Scalar: LossScalar>(_ one: Tensor<Scalar>?, of other: Tensor<Scalar>?)
    -> Bool
  {
    guard let one = one?.elements, let other = other?.elements, one.count == other.count else {
      return false
    }
    // As equal as numbers, and of one sign.
    return zip(one, other).allSatisfy { $0 == $1 && $0.sign == $1.sign }
  }
}
