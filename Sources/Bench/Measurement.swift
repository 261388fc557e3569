/// How long a work takes, and what else is told of it.
package struct Measurement: Sendable {
  package let work: BenchWork
  /// Whether the inputs were drawn, not read.
  package let drawsInputs: Bool
  package let elements: Int
  package let bytes: Int?
  /// The number of timed runs.
  package let runs: Int
  /// The median of their times.
  package let seconds: Double
  /// By how many bytes a run raises the memory in use at most, its results included.
  package let peakMemory: Int?
  package let summary: BenchSummary

  /// Runs `task` once to warm up, then so often that half a second is filled, 100 times at most; or
  /// `runs` times.
  package init(
    _ work: BenchWork, _ task: some BenchTask, drawsInputs: Bool, runs: Int?
  ) throws {
    self.work = work
    self.drawsInputs = drawsInputs
    elements = task.elements
    bytes = task.bytes
    let (first, peakMemory) = try PeakMemory.during { try TimedRun(task) }
    self.peakMemory = peakMemory
    summary = first.summary
    self.runs = runs ?? Int(max(1, min(100, 0.5 / first.seconds)))
    let times = try (0..<self.runs).map { _ in try TimedRun(task).seconds }
    seconds = median(times)
  }

  package var nanosecondsPerElement: Double { seconds * 1e9 / Double(elements) }

  /// Gigabytes a second between memory and processor, if each input is read and each output
  /// written once.
  package var bandwidth: Double? { bytes.map { Double($0) / seconds / 1e9 } }
}

/// One run of a task, its time, and how to learn what it came to.
private struct TimedRun<Task: BenchTask> {
  private let task: Task
  private let result: Task.Result
  let seconds: Double

  init(_ task: Task) throws {
    let clock = ContinuousClock()
    let start = clock.now
    result = try task.run()
    seconds = (clock.now - start) / .seconds(1)
    self.task = task
  }

  var summary: BenchSummary { task.summary(of: result) }
}

/// The middle of numbers, the mean of the middle two where there is an even number of them.
private func median(_ numbers: [Double]) -> Double {
  let sorted = numbers.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
