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
  }

  /// Whether there is a value, and if not, why.
  public let status: Status
  /// The value of the sweep's metric; `nil` if the trial didn't finish.
  public let value: Double?
  /// All numbers of the line that holds the metric, by name.
  public let metrics: [String: Double]
  /// Why the trial didn't finish.
  public let reason: String?
  /// How long the trainer ran, over the last attempt.
  public let seconds: Double

  /// The result of a trial that reported the metric.
  public init(finished value: Double, metrics: [String: Double], seconds: Double) {
    self.status = .finished
    self.value = value
    self.metrics = metrics
    self.reason = nil
    self.seconds = seconds
  }

  /// The result of a trial without a value.
  public init(_ status: Status, reason: String, seconds: Double) {
    self.status = status
    self.value = nil
    self.metrics = [:]
    self.reason = reason
    self.seconds = seconds
  }
}

extension TrialResult {
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
        "metrics": status == .finished ? JSONNode(numbers) : nil,
        "reason": reason.map { JSONNode($0) },
        "seconds": JSONNode(seconds),
      ]))
  }

  /// Reads what ``node`` writes.
  init?(_ node: JSONNode) {
    guard let status = node["status"]?.string.flatMap({ Status(rawValue: $0) }),
      let seconds = node["seconds"]?.double
    else { return nil }
    if status == .finished {
      guard let value = node["value"]?.double else { return nil }
      var metrics: [String: Double] = [:]
      for member in node["metrics"]?.members ?? [] { metrics[member.key] = member.node.double }
      self.init(finished: value, metrics: metrics, seconds: seconds)
    } else {
      self.init(status, reason: node["reason"]?.string ?? "", seconds: seconds)
    }
  }
}
