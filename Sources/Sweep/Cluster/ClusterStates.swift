import Foundation

/// Where a scheduler has the trials of a sweep that have no result.
public struct ClusterStates: Sendable {
  /// What the scheduler says, by the trial's number: `job 12_3 is pending (Resources)`.
  public let words: [Int: String]
  /// The trials that wait or run there.
  let queued: Set<Int>

  /// The states of what was submitted for the sweep in `folder`; nothing where nothing was.
  ///
  /// - Throws: ``SweepError`` where the scheduler doesn't answer, though jobs were submitted.
  public init(in folder: SweepFolder, of slurm: Slurm = Slurm()) throws(SweepError) {
    let jobs = try ClusterJobs(in: folder)
    let queue = jobs.jobs.isEmpty ? [:] : try slurm.queue()
    var words: [Int: String] = [:]
    var queued: Set<Int> = []
    for (trial, last) in jobs.lastTasks {
      let name = "\(last.job)_\(last.task)"
      if let task = queue[name] {
        queued.insert(trial)
        let place = task.node.isEmpty ? " (\(task.reason))" : " on \(task.node)"
        words[trial] = "job \(name) is \(task.state.lowercased())\(place)"
      } else {
        let line = LogTail.lines(of: folder.file("slurm/\(name).log"), count: 1).first
        words[trial] = "job \(name) has left the queue" + (line.map { ": \($0)" } ?? "")
      }
    }
    self.words = words
    self.queued = queued
  }
}
