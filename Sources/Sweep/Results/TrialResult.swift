import Foundation
import StrictJSON

/// What came of a trial.
public struct TrialResult: Sendable, Equatable {
  /// Whether there is a value, and if not, why.
  public enum Status: String, Sendable, CaseIterable {
    /// The trainer ended well and reported the metric.
    case finished
    /// The trainer ended badly, or didn't report the metric.
    case failed
    /// The trainer took longer than the sweep allows.
    case timedOut = "timed_out"
    /// The sweep stopped the trainer, as others were better.
    case stopped
  }

  /// Whether there is a value, and if not, why.
  public let status: Status
  /// The value of the sweep's metric; `nil` if the trial didn't finish.
  public let value: Double?
  /// The last value of every metric that the trainer reported, by name; none where it ended badly.
  public let metrics: [String: Double]
  /// Why the trial didn't finish.
  public let reason: String?
  /// How long the trainer ran, over the last attempt.
  public let seconds: Double
  /// What ran the trial: `LossKit 1.0.0`, and what its trainer says of itself; `nil` where that isn't recorded.
  public internal(set) var version: String?

  /// The result of a trial that reported the metric.
  public init(finished value: Double, metrics: [String: Double], seconds: Double) {
    self.status = .finished
    self.value = value
    self.metrics = metrics
    self.reason = nil
    self.seconds = seconds
  }

  /// The result of a trial that early termination stops.
  ///
  /// - Parameter result: What came of a trainer that had ended before that was known.
  init(stopped reason: String, at result: Self) {
    let value = result.value.map { "; it had ended, with \(VariantNames.text(JSONNode($0)))" }
    self.init(.stopped, reason: reason + (value ?? ""), seconds: result.seconds)
    version = result.version
  }

  /// The result of a trial without a value.
  ///
  /// - Parameter metrics: What a trainer that ended well reported beside the metric.
  public init(
    _ status: Status, reason: String, metrics: [String: Double] = [:], seconds: Double
  ) {
    self.status = status
    self.value = nil
    self.metrics = metrics
    self.reason = reason
    self.seconds = seconds
  }
}

extension TrialResult {
  /// The result where another metric is compared than the one that the trial was run for.
  func ranked(by metric: String) -> Self {
    var result = self
    if let value = metrics[metric] {
      result = Self(finished: value, metrics: metrics, seconds: seconds)
    } else if status == .finished {
      let quoted = Diagnostic.quote(metric)
      result = Self(
        .failed, reason: "the trainer didn't report \(quoted)", metrics: metrics, seconds: seconds)
    }
    result.version = version
    return result
  }

  /// The result as `result.json` has it.
  var node: JSONNode {
    var numbers = JSONObject()
    for (name, value) in metrics.sorted(by: { $0.key < $1.key }) {
      numbers.set(name, to: JSONNode(value))
    }
    return JSONNode(
      JSONObject([
        "status": JSONNode(status.rawValue),
        "value": value.map { JSONNode($0) },
        "metrics": metrics.isEmpty ? nil : JSONNode(numbers),
        "reason": reason.map { JSONNode($0) },
        "seconds": JSONNode(seconds),
        "version": version.map { JSONNode($0) },
      ]))
  }

  /// Reads what ``node`` writes.
  init?(_ node: JSONNode) {
    guard let status = node["status"]?.string.flatMap({ Status(rawValue: $0) }),
      let seconds = node["seconds"]?.double
    else { return nil }
    var metrics: [String: Double] = [:]
    for member in node["metrics"]?.members ?? [] { metrics[member.key] = member.node.double }
    if status == .finished {
      guard let value = node["value"]?.double else { return nil }
      self.init(finished: value, metrics: metrics, seconds: seconds)
    } else {
      self.init(
        status, reason: node["reason"]?.string ?? "", metrics: metrics, seconds: seconds)
    }
    version = node["version"]?.string
  }
}
