/// The number that a sweep compares its trials by.
public struct SweepMetric: Sendable, Equatable {
  /// Which way the metric is better.
  public enum Goal: String, Sendable, CaseIterable {
    /// More is better.
    case maximize
    /// Less is better.
    case minimize
  }

  /// The key under which the trainer's lines have it, such as `AP50`.
  public let name: String
  /// Which way it is better.
  public let goal: Goal

  /// A metric.
  public init(name: String, goal: Goal) {
    self.name = name
    self.goal = goal
  }

  /// Whether `left` is a better value than `right`.
  public func isBetter(_ left: Double, than right: Double) -> Bool {
    goal == .maximize ? left > right : left < right
  }
}
