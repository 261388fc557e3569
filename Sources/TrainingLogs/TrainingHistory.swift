import ResourceLimits
import StrictJSON

/// What a trainer reported in `metrics.jsonl`, a JSON object a line.
///
/// A line holds a `step`, and then either a `loss`, which makes it a line of training, or metrics. A
/// trainer that was killed may have left half a line in the middle of the file: lines that can't be read
/// are counted and left out. Where the log is long, lines from all over it stand for the others; the last
/// value of the metric is always that of the last line that has it.
package struct TrainingHistory: Sendable {
  /// A line of training.
  package struct Step: Sendable {
    package let step: Double
    /// The total loss.
    package let loss: Double
    /// By group and name; groups of too many names are left out.
    package let groups: [String: [(name: String, value: Double)]]
  }

  /// What came of the metric.
  package enum Outcome: Sendable, Equatable {
    /// No line has it.
    case missing
    /// The number in the last line that has it.
    case value(Double)
    /// There is none that could be trusted: why.
    case unusable(String)
  }

  /// The groups of numbers that reports show.
  package static let groups = [
    "terms", "gradient_norms", "positives", "positive_gradient_norms", "negative_gradient_norms",
  ]

  package private(set) var steps: [Step] = []
  /// The metric after each evaluation.
  package private(set) var values: [(step: Double, value: Double)] = []
  package private(set) var outcome = Outcome.missing
  /// The last value of every number in lines of evaluation, and in those that have the metric; some of the
  /// others where there are too many. What stands before a line that can't be read isn't the last.
  package private(set) var metrics: [String: Double] = [:]
  /// The names of metrics in the log, or some of them where there are too many.
  package private(set) var known: Set<String> = []
  /// What the trainer says of its version.
  package private(set) var version: String?
  package private(set) var unreadable = 0
  /// One line of so many is in ``steps`` or ``values``.
  package private(set) var interval = 1
  /// The groups that have too many names.
  package private(set) var crowded: Set<String> = []

  /// Reads the file at `path`; without one there is no history.
  ///
  /// - Parameters:
  ///   - metric: The name of the metric.
  ///   - bytes: About how many bytes to read with care. Of a longer file only the lines with the metric are all
  ///     looked at, and one of so many others.
  package init(contentsOf path: String, metric: String, bytes: Int = .max) {
    let every = 1 + LogLines.byteCount(of: path) / max(bytes, 1)
    let key = Array(JSONNode(metric).compactText.utf8)
    var steps = EvenSample<Step>()
    var values = EvenSample<(step: Double, value: Double)>()
    var number = 0
    LogLines.forEach(in: path) { line in
      number += 1
      if line?.isEmpty == true { return }
      if !number.isMultiple(of: every), let line, !LogLines.mention(key, line) { return }
      guard let line, let node = try? JSONNode(parsing: line, file: path),
        case .object(let object) = node.value
      else {
        unreadable += 1
        metrics = [:]
        // It may have been the last evaluation.
        if case .value = outcome {
          outcome = .unusable(
            "line \(number) of metrics.jsonl, after the last with the metric "
              + "\(Diagnostic.quote(metric)), can't be read: \(Self.problem(of: line))")
        }
        return
      }
      if let text = object["version"]?.string { version = text }
      let step = object["step"]?.double
      if let loss = object["loss"]?.double, let step {
        steps.add(Step(step: step, loss: loss, groups: groups(of: object)))
      }
      for member in object.members.prefix(Limits.logMetrics)
      where known.count < Limits.logMetrics && member.key != "step" && member.node.double != nil {
        known.insert(member.key)
      }
      if object["loss"] == nil || object[metric] != nil { collect(object, metric: metric) }
      guard let found = object[metric] else { return }
      if let value = found.double {
        outcome = .value(value)
        if let step { values.add((step, value)) }
      } else {
        outcome = .unusable(
          "line \(number) of metrics.jsonl, the last with the metric \(Diagnostic.quote(metric)), "
            + "has \(found.value.kind) for it; expected a number")
      }
    }
    interval = max(steps.interval * every, values.interval)
    self.steps = Self.lastRun(of: steps.elements)
    self.values = values.elements
  }

  private static func problem(of line: [UInt8]?) -> String {
    guard let line else { return "it has more than \(Limits.logLineBytes) bytes" }
    do throws(Diagnostics) {
      let node = try JSONNode(parsing: line, file: "metrics.jsonl")
      return "expected an object, found \(node.value.kind)"
    } catch {
      return error.all.first?.message ?? "it isn't JSON"
    }
  }

  /// Keeps the numbers of a line; `null` takes one back.
  private mutating func collect(_ object: JSONObject, metric: String) {
    if let value = object[metric] { metrics[metric] = value.double }
    // A place is kept for the metric.
    let most = Limits.logMetrics - (metrics[metric] == nil ? 1 : 0)
    for member in object.members where member.key != "step" && member.key != metric {
      if metrics[member.key] != nil {
        metrics[member.key] = member.node.double
      } else if metrics.count < most, let number = member.node.double {
        metrics[member.key] = number
      }
    }
  }

  private mutating func groups(of object: JSONObject) -> [String: [(name: String, value: Double)]] {
    var groups: [String: [(name: String, value: Double)]] = [:]
    for group in Self.groups {
      guard let members = object[group]?.members, !members.isEmpty else { continue }
      if members.count > Limits.logNames {
        crowded.insert(group)
      } else {
        groups[group] = members.compactMap { member in
          member.node.double.map { (name: member.key, value: $0) }
        }
      }
    }
    return groups
  }

  /// A trainer that went on from a checkpoint has some steps twice: what it said last counts.
  private static func lastRun(of steps: [Step]) -> [Step] {
    var kept: [Step] = []
    for step in steps.reversed() where kept.last.map({ step.step < $0.step }) ?? true {
      kept.append(step)
    }
    return kept.reversed()
  }
}
