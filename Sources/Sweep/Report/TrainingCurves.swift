import ResourceLimits

/// How the training of a variant went, over all its seeds: means over spans of steps.
struct TrainingCurves: Sendable {
  /// A curve: at the middle of each span, the mean there.
  typealias Curve = [(x: Double, y: Double)]

  /// How many spans the steps are divided into.
  private static let spans = 100

  /// The metric after each evaluation.
  let metric: Curve
  /// The total loss.
  let loss: Curve
  /// The numbers by group (`terms`, `gradient_norms`, `positives`), in the order of the first line
  /// that has them.
  let groups: [String: [(name: String, curve: Curve)]]
  /// Each term's part of the gradient: its norm over the sum of all norms.
  let shares: [(name: String, curve: Curve, mean: Double)]
  /// The positives' part of each term's gradient, where the trainer reports both parts.
  let positiveShares: [(name: String, mean: Double)]
  /// One line of so many of the longest log is in the curves.
  let interval: Int
  /// The groups of which some names have no curve, as there are too many.
  let crowded: Set<String>

  init(_ histories: [TrainingHistory]) {
    let steps = histories.flatMap(\.steps)
    var crowded = histories.reduce(into: Set<String>()) { $0.formUnion($1.crowded) }
    func names(of group: String) -> [String] {
      let names = Self.names(of: group, in: steps)
      if names.count > Limits.logNames { crowded.insert(group) }
      return Array(names.prefix(Limits.logNames))
    }
    let last = steps.map(\.step).max() ?? 0
    let width = max(last / Double(Self.spans), .leastNormalMagnitude)
    loss = Self.means(steps.map { ($0.step, $0.loss) }, width: width)
    metric = Self.means(
      histories.flatMap { $0.values.map { ($0.step, $0.value) } }, width: 0)
    var groups: [String: [(name: String, curve: Curve)]] = [:]
    for group in ["terms", "positives"] {
      groups[group] = names(of: group).map { name in
        (name, Self.means(Self.points(of: group, name, in: steps), width: width))
      }
    }
    self.groups = groups
    shares = names(of: "gradient_norms").map { name in
      let points = steps.compactMap { step -> (Double, Double)? in
        let norms = step.groups["gradient_norms"] ?? []
        let sum = norms.reduce(0) { $0 + $1.value }
        guard sum > 0, let norm = norms.first(where: { $0.name == name }) else { return nil }
        return (step.step, norm.value / sum)
      }
      let mean = points.reduce(0) { $0 + $1.1 } / Double(max(points.count, 1))
      return (name, Self.means(points, width: width), mean)
    }
    positiveShares = names(of: "positive_gradient_norms").compactMap { name in
      let positive = Self.points(of: "positive_gradient_norms", name, in: steps).map(\.1)
      let negative = Self.points(of: "negative_gradient_norms", name, in: steps).map(\.1)
      let sum = (positive + negative).reduce(0, +)
      guard !negative.isEmpty, sum > 0 else { return nil }
      return (name, positive.reduce(0, +) / sum)
    }
    interval = histories.map(\.interval).max() ?? 1
    self.crowded = crowded
  }

  private static func names(of group: String, in steps: [TrainingHistory.Step]) -> [String] {
    var names: [String] = []
    var known: Set<String> = []
    for step in steps {
      for (name, _) in step.groups[group] ?? [] where known.insert(name).inserted {
        names.append(name)
      }
    }
    return names
  }

  private static func points(
    of group: String, _ name: String, in steps: [TrainingHistory.Step]
  ) -> [(Double, Double)] {
    steps.compactMap { step in
      step.groups[group]?.first { $0.name == name }.map { (step.step, $0.value) }
    }
  }

  /// The means of `points` over spans of `width`; over equal x alone where that is 0.
  private static func means(_ points: [(Double, Double)], width: Double) -> Curve {
    let spans = Dictionary(grouping: points.filter { $0.0.isFinite && $0.1.isFinite }) { point in
      width > 0 ? (point.0 / width).rounded(.down) : point.0
    }
    return spans.sorted { $0.key < $1.key }.map { _, points in
      let count = Double(points.count)
      return (
        x: points.reduce(0) { $0 + $1.0 } / count, y: points.reduce(0) { $0 + $1.1 } / count
      )
    }
  }
}
