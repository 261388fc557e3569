import SeededNumbers

extension SeededGenerator {
  /// Small whole numbers, whose sums and products are exact in any order.
  mutating func wholeNumbers(_ count: Int) -> [Float] {
    (0..<count).map { _ in Float(Int.random(in: -8...8, using: &self)) }
  }
}
