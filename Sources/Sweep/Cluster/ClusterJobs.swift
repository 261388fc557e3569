import Foundation
import ResourceLimits
import StrictJSON

/// The jobs that were submitted for a sweep, as `slurm/jobs.json` in its folder keeps them.
struct ClusterJobs: Sendable {
  /// A job array.
  struct Job: Sendable {
    /// The scheduler's number.
    let id: String
    /// The numbers of the trials of each task.
    let tasks: [[Int]]
    /// The number of the job that comes after it, once that is known.
    var next: String?
  }

  /// The jobs in the order in which they were submitted.
  var jobs: [Job] = []

  private static func path(in folder: SweepFolder) -> String { folder.file("slurm/jobs.json") }

  /// Reads what ``write(to:)`` wrote; no jobs where there is no such file.
  ///
  /// - Throws: ``SweepError`` where it is damaged.
  init(in folder: SweepFolder) throws(SweepError) {
    let path = Self.path(in: folder)
    guard let file = FoundFile(path) else { return }
    guard file.size <= Limits.resultBytes, let data = file.contents,
      let node = try? JSONNode(parsing: Array(data), file: path)
    else { throw SweepError(path, "is damaged; cancel the sweep's jobs, and remove it") }
    jobs = (node["jobs"]?.elements ?? []).compactMap { job in
      guard let id = job["id"]?.string else { return nil }
      let tasks = (job["tasks"]?.elements ?? []).map { task in
        task.elements.compactMap { $0.double.flatMap { Int(exactly: $0) } }
      }
      return Job(id: id, tasks: tasks, next: job["next"]?.string)
    }
  }

  func write(to folder: SweepFolder) throws(SweepError) {
    let jobs = jobs.map { job in
      JSONNode(
        JSONObject([
          "id": JSONNode(job.id),
          "tasks": JSONNode(job.tasks.map { JSONNode($0.map { JSONNode($0) }) }),
          "next": job.next.map { JSONNode($0) },
        ]))
    }
    try folder.write(["jobs": JSONNode(jobs)], to: Self.path(in: folder))
  }

  /// The last task that each trial was submitted with: the job's number and the task's.
  var lastTasks: [Int: (job: String, task: Int)] {
    var last: [Int: (job: String, task: Int)] = [:]
    for job in jobs {
      for (task, trials) in job.tasks.enumerated() {
        for trial in trials { last[trial] = (job.id, task) }
      }
    }
    return last
  }
}
