extension SweepReport {
  /// What ran the trials that have a value: `LossKit 1.0.0`, or which of them by their numbers:
  /// `LossKit 1.0.0: trials 0 to 5, 8; not recorded: trials 6, 7`. `nil` without values.
  public var versions: String? {
    let groups = trialsByVersion
    if groups.count < 2 { return groups.first?.version }
    return groups.map { version, trials in
      "\(version): trial\(trials.count == 1 ? "" : "s") \(Self.ranges(trials))"
    }.joined(separator: "; ")
  }

  /// Whether results of several versions are compared.
  public var hasSeveralVersions: Bool { trialsByVersion.count > 1 }

  private var trialsByVersion: [(version: String, trials: [Int])] {
    let numbers = zip(trials, states).compactMap { trial, state in
      state.result?.value == nil
        ? nil : (number: trial.index, version: state.result?.version ?? "not recorded")
    }
    return Dictionary(grouping: numbers, by: \.version)
      .map { (version: $0, trials: $1.map(\.number).sorted()) }
      .sorted { $0.trials[0] < $1.trials[0] }
  }

  /// Rising numbers, those that follow each other as one: `0 to 5, 8`.
  private static func ranges(_ numbers: [Int]) -> String {
    var ranges: [(first: Int, last: Int)] = []
    for number in numbers {
      if let last = ranges.last?.last, last + 1 == number {
        ranges[ranges.count - 1].last = number
      } else {
        ranges.append((number, number))
      }
    }
    let most = 8
    let texts = ranges.prefix(most).map { range in
      let separator = range.first + 1 == range.last ? ", " : " to "
      return range.first == range.last
        ? "\(range.first)" : "\(range.first)\(separator)\(range.last)"
    }
    return texts.joined(separator: ", ") + (ranges.count > most ? " and others" : "")
  }
}
