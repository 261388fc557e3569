/// How far a trial is.
public enum TrialState: Sendable, Equatable {
  /// Nobody has begun it.
  case open
  /// A process is running it.
  case running
  /// It was begun, and whoever ran it is gone; the next run goes on with it.
  case interrupted
  /// It ended.
  case ended(TrialResult)

  /// One word: `open`, `running`, `interrupted`, `finished`, `failed`, `timed_out` or `stopped`.
  public var word: String {
    switch self {
    case .open: "open"
    case .running: "running"
    case .interrupted: "interrupted"
    case .ended(let result): result.status.rawValue
    }
  }

  /// What came of it, where it ended.
  public var result: TrialResult? {
    if case .ended(let result) = self { result } else { nil }
  }
}

extension TrialState {
  /// The state where another metric is compared than the one that the trial was run for.
  func ranked(by metric: String) -> Self {
    if case .ended(let result) = self { .ended(result.ranked(by: metric)) } else { self }
  }
}

extension SweepFolder {
  /// How far the trial at `index` is.
  ///
  /// - Throws: ``SweepError`` where its result is damaged.
  public func state(_ index: Int) throws(SweepError) -> TrialState {
    if let result = try result(index) { return .ended(result) }
    if isRunning(index) { return .running }
    return isBegun(index) ? .interrupted : .open
  }
}
