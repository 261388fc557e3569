import ResourceLimits

/// How the training of a variant went, over all its seeds: means over spans of steps, and how far the seeds
/// lie apart.
package struct TrainingCurves: Sendable {
  /// The middle of a span, the mean of the seeds' means there, and the lowest and highest of these.
  package struct Point: Sendable {
    package let x: Double, y: Double, low: Double, high: Double

    package init(x: Double, y: Double, low: Double, high: Double) {
      (self.x, self.y, self.low, self.high) = (x, y, low, high)
    }
  }

  package typealias Curve = [Point]

  /// How many spans the steps are divided into.
  private static let spans = 100

  /// The metric after each evaluation.
  package let metric: Curve
  /// The total loss.
  package let loss: Curve
  /// The numbers by group (`terms`, `gradient_norms`, `positives`), in the order of the first line
  /// that has them.
  package let groups: [String: [(name: String, curve: Curve)]]
  /// Each term's part of the gradient: its norm over the sum of all norms.
  package let shares: [(name: String, curve: Curve, mean: Double)]
  /// The positives' part of each term's gradient, where the trainer reports both parts.
  package let positiveShares: [(name: String, mean: Double)]
  /// The last step of any seed.
  package let lastStep: Double
  /// One line of so many of the longest log is in the curves.
  package let interval: Int
  /// The groups of which some names have no curve, as there are too many.
  package let crowded: Set<String>

  /// The curves of a variant, of whose seeds these are the logs.
  package init(_ histories: [TrainingHistory]) {
    let steps = histories.flatMap(\.steps)
    var crowded = histories.reduce(into: Set<String>()) { $0.formUnion($1.crowded) }
    func names(of group: String) -> [String] {
      let names = Self.names(of: group, in: steps)
      if names.count > Limits.logNames { crowded.insert(group) }
      return Array(names.prefix(Limits.logNames))
    }
    let width = max((steps.map(\.step).max() ?? 0) / Double(Self.spans), .leastNormalMagnitude)
    func curve(_ value: (TrainingHistory.Step) -> Double?) -> Curve {
      Self.curve(
        histories.map { history in
          history.steps.compactMap { step in value(step).map { (step.step, $0) } }
        }, width: width)
    }
    loss = curve(\.loss)
    metric = Self.curve(histories.map { $0.values.map { ($0.step, $0.value) } }, width: 0)
    var groups: [String: [(name: String, curve: Curve)]] = [:]
    for group in ["terms", "positives"] {
      groups[group] = names(of: group).map { name in (name, curve { $0.value(group, name) }) }
    }
    self.groups = groups
    shares = names(of: "gradient_norms").map { name in
      func share(_ step: TrainingHistory.Step) -> Double? {
        let sum = (step.groups["gradient_norms"] ?? []).reduce(0) { $0 + $1.value }
        return sum > 0 ? step.value("gradient_norms", name).map { $0 / sum } : nil
      }
      let all = steps.compactMap(share)
      return (name, curve(share), all.reduce(0, +) / Double(max(all.count, 1)))
    }
    positiveShares = names(of: "positive_gradient_norms").compactMap { name in
      let positive = steps.compactMap { $0.value("positive_gradient_norms", name) }
      let negative = steps.compactMap { $0.value("negative_gradient_norms", name) }
      let sum = (positive + negative).reduce(0, +)
      guard !negative.isEmpty, sum > 0 else { return nil }
      return (name, positive.reduce(0, +) / sum)
    }
    lastStep =
      histories.flatMap { [$0.steps.last?.step, $0.values.last?.step] }
      .compactMap(\.self).max() ?? 0
    interval = histories.map(\.interval).max() ?? 1
    self.crowded = crowded
  }

  /// How many curves there are.
  package var count: Int { 2 + groups.values.reduce(0) { $0 + $1.count } + shares.count }

  /// About `count` points of a curve that has more, the last among them.
  package static func thinned(_ curve: Curve, to count: Int) -> Curve {
    let interval = (curve.count + count - 1) / count
    return curve.indices.filter { $0.isMultiple(of: interval) || $0 == curve.count - 1 }
      .map { curve[$0] }
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

  /// The means of each seed's points over spans of `width`, taken together; over equal x alone where that
  /// is 0.
  private static func curve(_ seeds: [[(x: Double, y: Double)]], width: Double) -> Curve {
    var spans: [Double: [(x: Double, y: Double)]] = [:]
    for points in seeds {
      let finite = points.filter { $0.x.isFinite && $0.y.isFinite }
      let own = Dictionary(grouping: finite) { width > 0 ? ($0.x / width).rounded(.down) : $0.x }
      for (span, points) in own {
        let count = Double(points.count)
        spans[span, default: []].append(
          (points.reduce(0) { $0 + $1.x } / count, points.reduce(0) { $0 + $1.y } / count))
      }
    }
    return spans.sorted { $0.key < $1.key }.map { _, means in
      let (count, values) = (Double(means.count), means.map(\.y))
      return Point(
        x: means.reduce(0) { $0 + $1.x } / count, y: values.reduce(0, +) / count,
        low: values.min() ?? 0, high: values.max() ?? 0)
    }
  }
}

extension TrainingHistory.Step {
  /// The number of a name in a group.
  fileprivate func value(_ group: String, _ name: String) -> Double? {
    groups[group]?.first { $0.name == name }?.value
  }
}
