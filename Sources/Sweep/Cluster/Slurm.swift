import Foundation
import StrictJSON

/// The commands of Slurm, the scheduler.
public struct Slurm: Sendable {
  /// Where a task of a job is.
  struct Task {
    /// Such as `PENDING` or `RUNNING`.
    let state: String
    /// The node that it runs on; empty for one that waits.
    let node: String
    /// Why it waits.
    let reason: String
  }

  /// The scheduler that this machine belongs to.
  public init() {}

  /// Submits a script, and answers the number of the job.
  func submit(_ options: [String], script: String) throws(SweepError) -> String {
    let answer = try Self.run(["sbatch", "--parsable"] + options + [script])
    // A cluster's name may stand behind it.
    let id = answer.split(whereSeparator: \.isNewline).last?.prefix { $0 != ";" } ?? ""
    guard !id.isEmpty, id.allSatisfy(\.isNumber) else {
      throw SweepError(
        "sbatch", "answered \(Diagnostic.quote(answer)); expected the number of a job")
    }
    return String(id)
  }

  /// All tasks of this user that wait or run, by names such as `12_3`; `12_N/A` of a job that is no array.
  func queue() throws(SweepError) -> [String: Task] {
    let answer = try Self.run(["squeue", "--me", "-h", "-r", "-o", "%F_%K|%T|%N|%r"])
    var tasks: [String: Task] = [:]
    for line in answer.split(whereSeparator: \.isNewline) {
      let parts = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 4 else { continue }
      tasks[parts[0]] = Task(state: parts[1], node: parts[2], reason: parts[3])
    }
    return tasks
  }

  /// Ends jobs, those that wait and those that run.
  func cancel(_ jobs: [String]) throws(SweepError) {
    _ = try Self.run(["scancel"] + jobs)
  }

  /// Runs a command of the scheduler, and answers what it prints.
  private static func run(_ words: [String]) throws(SweepError) -> String {
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      throw SweepError(words[0], "can't be started: \(error.localizedDescription)")
    }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let complaint = String(
      decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    if process.terminationStatus == 127 {
      throw SweepError(
        words[0],
        "wasn't found; Slurm is a scheduler of clusters, and this machine has no part of it: without one, "
          + "call losskit sweep run on each machine that shares the folder")
    }
    guard process.terminationStatus == 0 else {
      let lines = complaint.split(whereSeparator: \.isNewline).map {
        $0.replacing("\(words[0]): error: ", with: "")
      }
      throw SweepError(
        words[0],
        "refused: \(lines.isEmpty ? "it says nothing of why" : lines.joined(separator: "; "))")
    }
    return text
  }
}
