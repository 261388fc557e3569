import LossCore

extension RandomStream {
  /// `count` of the candidates, in their order, each set as likely as any other.
  ///
  /// Floyd's algorithm (Bentley and Floyd, CACM 30(9), 1987) takes a random number for each candidate that
  /// it draws, of which there are few, and none for the others.
  ///
  /// - Parameter first: The index of the first random number.
  func draw(_ count: Int, of candidates: [Int], from first: Int) -> [Int] {
    guard count < candidates.count else { return candidates }
    var isDrawn = [Bool](repeating: false, count: candidates.count)
    for (number, last) in (candidates.count - max(0, count)..<candidates.count).enumerated() {
      // The upper half of the product is uniform below last + 1, to 2⁻⁶⁴ of it.
      let place = Int(bits(first + number).multipliedFullWidth(by: UInt64(last) + 1).high)
      isDrawn[isDrawn[place] ? last : place] = true
    }
    return candidates.indices.filter { isDrawn[$0] }.map { candidates[$0] }
  }
}
