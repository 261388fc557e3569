import LossKit

extension Assignment {
  /// As many positives, then background, then ignored priors.
  init(positives: Int, negatives: Int, ignored: Int = 0) {
    self.init(
      matches: Array(repeating: 0, count: positives)
        + Array(repeating: Assignment.background, count: negatives)
        + Array(repeating: Assignment.ignored, count: ignored))
  }

  /// Priors in turn: positive, background, ignored.
  static func alternating(_ count: Int) -> Assignment {
    Assignment(matches: (0..<count).map { -Int32($0 % 3) })
  }
}
