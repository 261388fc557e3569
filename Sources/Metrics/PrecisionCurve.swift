/// The precision at the recalls 0, 0.01, … 1: at each the highest precision at that recall or beyond, 0 where
/// it is never reached.
struct PrecisionCurve: Sendable, Equatable {
  /// The precision at each of the recalls.
  let precisions: [Double]

  /// - Parameter outcomes: Of all detections, the surest first.
  init(of outcomes: some Sequence<Outcome>, objectCount: Int) {
    var (right, wrong) = (0.0, 0.0)
    // One point for each object found: in between, recall stays and precision only falls.
    var points: [(recall: Double, precision: Double)] = []
    for outcome in outcomes {
      switch outcome {
      case .right:
        right += 1
        // The smallest addend to 1 that counts, as COCO has it; it makes 1 out of 1 a little less.
        points.append((right / Double(objectCount), right / (wrong + right + Double.ulpOfOne)))
      case .wrong: wrong += 1
      case .ignored: break
      }
    }
    var best = 0.0
    var precisions = [Double](repeating: 0, count: 101)
    for hundredth in (0...100).reversed() {
      // As `numpy.linspace(0, 1, 101)` makes it.
      let recall = hundredth == 100 ? 1 : Double(hundredth) * 0.01
      while let point = points.last, point.recall >= recall {
        best = max(best, point.precision)
        points.removeLast()
      }
      precisions[hundredth] = best
    }
    self.precisions = precisions
  }

  /// The average precision.
  var mean: Double { precisions.reversed().reduce(0, +) / Double(precisions.count) }
}
