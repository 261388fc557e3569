import Foundation
import StrictJSON

/// What a trainer reported in `metrics.jsonl`, a JSON object a line.
///
/// Lines that can't be read are counted and left out: a trainer that was killed may have left half a
/// line in the middle of the file. A line holds a `step`, and then either a `loss`, which makes it a
/// line of training, or metrics.
struct TrainingHistory: Sendable {
  /// A line of training.
  struct Step: Sendable {
    let step: Double
    /// The total loss.
    let loss: Double
    /// By group (`terms`, `gradient_norms`, `positives`, …) and name.
    let groups: [String: [(name: String, value: Double)]]
  }

  /// A line of metrics.
  struct Evaluation: Sendable {
    let step: Double?
    /// The numbers by name, the step left out.
    let metrics: [String: Double]
  }

  private(set) var steps: [Step] = []
  private(set) var evaluations: [Evaluation] = []
  private(set) var unreadable = 0

  /// Reads the file at `path`; without one there is no history.
  init(contentsOf path: String) {
    guard let data = FileManager.default.contents(atPath: path) else { return }
    for line in data.split(separator: UInt8(ascii: "\n")) where !line.isEmpty {
      guard let node = try? JSONNode(parsing: Array(line), file: path), case .object = node.value
      else {
        unreadable += 1
        continue
      }
      add(node)
    }
    keepLastRun()
  }

  /// The last evaluation that has the metric `name`.
  func last(_ name: String) -> Evaluation? {
    evaluations.last { $0.metrics[name] != nil }
  }

  private mutating func add(_ node: JSONNode) {
    if let loss = node["loss"]?.double, let step = node["step"]?.double {
      var groups: [String: [(name: String, value: Double)]] = [:]
      for member in node.members {
        let values = member.node.members.compactMap { inner in
          inner.node.double.map { (name: inner.key, value: $0) }
        }
        if !values.isEmpty { groups[member.key] = values }
      }
      steps.append(Step(step: step, loss: loss, groups: groups))
    }
    var metrics: [String: Double] = [:]
    for member in node.members where member.key != "step" {
      if let number = member.node.double { metrics[member.key] = number }
    }
    evaluations.append(Evaluation(step: node["step"]?.double, metrics: metrics))
  }

  /// A trainer that went on from a checkpoint has some steps twice: what it said last counts.
  private mutating func keepLastRun() {
    var kept: [Step] = []
    for step in steps.reversed() where kept.last.map({ step.step < $0.step }) ?? true {
      kept.append(step)
    }
    steps = kept.reversed()
  }
}
