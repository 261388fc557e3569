import CommandLineTestSupport
import Foundation
import TestSupport
import Testing

/// `losskit sweep submit`, `status` and `cancel`, with scripts in the place of Slurm's commands;
/// `.ci/slurm` has the real ones.
@Suite struct SweepClusterTests {
  private let folder: TemporaryFolder
  private let file: String

  init() throws {
    folder = try TemporaryFolder()
    _ = try folder.recipe()
    let script = try folder.write(
      #"""
      beta=$(sed -n 's/.*"beta": *\([0-9]*\).*/\1/p' "$1")
      printf '{"AP": 0.%s%s}\n' $beta $2 > "$3/metrics.jsonl"
      """#, to: "trainer.sh")
    file = try folder.write(
      """
      {
        "recipe": "small", "method": "grid", "seeds": [1, 2],
        "parameters": { "stages.dense.terms.box.loss.beta": { "values": [1, 2] } },
        "metric": { "name": "AP", "goal": "maximize" },
        "command": ["/bin/sh", "\(script)", "{recipe}", "{seed}", "{out}"]
      }
      """, to: "beta it's.json")
    try command("sbatch", #"echo "$@" >> calls; n=$(wc -l < calls); echo "$n;cluster""#)
    try command("squeue", "cat queue 2>/dev/null || true")
    try command("scancel", #"echo "$@" > cancelled"#)
  }

  /// Puts a shell script in the place of a command of Slurm; it runs in the folder `slurm`.
  private func command(_ name: String, _ script: String) throws {
    let path = try folder.write(
      "#!/bin/sh\ncd '\(folder.path("slurm"))' || exit\n\(script)\n", to: "slurm/\(name)")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
  }

  private func sweep(
    _ name: String, _ options: String..., path: String? = nil
  ) throws -> Subprocess {
    let losskit = PluginBuilding.executables.appending(path: "losskit").path(percentEncoded: false)
    return try Subprocess(
      [losskit, "sweep", name, file, "--out", folder.path("out")] + options,
      environment: ["PATH": path ?? "\(folder.path("slurm")):/usr/bin:/bin"])
  }

  /// What the tasks of an array, or the job after it, do.
  private func run(_ script: String, task: Int? = nil) throws -> Subprocess {
    // A shell that waits needs SIGCHLD, and inherits the mask of this thread, which may block it.
    var none = sigset_t()
    var before = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    return try Subprocess(
      ["/bin/sh", folder.path("out/slurm/\(script)")],
      environment: [
        "SLURM_ARRAY_TASK_ID": task.map { "\($0)" } ?? "",
        "PATH": "\(folder.path("slurm")):/usr/bin:/bin",
      ])
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: folder.path(name), encoding: .utf8)
  }

  @Test func whatIsMissingIsSubmitted() throws {
    let first = try sweep(
      "submit", "--partition", "gpu", "--array-parallel", "3", "--sbatch-option=--gres=gpu:1")
    #expect(
      first.text == """
        4 of 4 trials are submitted, as job 1; 0 have results, 0 run or are in the queue
        job 2 writes \(folder.path("out/report.html")) afterwards

        """)
    let calls = try text("slurm/calls").split(separator: "\n")
    let logs = folder.path("out/slurm")
    #expect(
      calls[0]
        == "--parsable --job-name=losskit-betaits --open-mode=append --array=0-3%3 --requeue "
        + "--signal=B:USR1@25 --output=\(logs)/%A_%a.log --partition=gpu --gres=gpu:1 \(logs)/0.sh")
    #expect(
      calls[1].contains("--dependency=afterany:1 --output=\(logs)/report.log --partition=gpu"))

    // One has ended, one runs, one waits, and one was lost.
    #expect(try run("0.sh", task: 0).status == 0)
    try folder.write(
      "1_1|RUNNING|node7|None\n1_2|PENDING||Priority\n9_3|RUNNING|node8|None\n", to: "slurm/queue")
    try folder.write("Starting\nslurmstepd: error: node failure\n", to: "out/slurm/1_3.log")
    let status = try sweep("status").text.split(separator: "\n")
    #expect(status[1].contains("finished"))
    #expect(status[2].hasSuffix("job 1_1 is running on node7"))
    #expect(status[3].hasSuffix("job 1_2 is pending (Priority)"))
    #expect(status[4].hasSuffix("job 1_3 has left the queue: slurmstepd: error: node failure"))
    let second = try sweep("submit")
    #expect(
      second.text.hasPrefix(
        "1 of 4 trials are submitted, as job 3; 1 have results, 2 run or are in the queue\n"))
    #expect(try text("out/slurm/1.trials") == "--index 3\n")

    #expect(try run("0.sh", task: 1).status == 0)
    #expect(try run("0.sh", task: 2).status == 0)
    #expect(try run("1.sh", task: 0).status == 0)
    try folder.write("", to: "slurm/queue")
    #expect(
      try sweep("submit").text
        == "nothing is submitted: 4 have results, 0 run or are in the queue\n")
    let report = try run("report.sh")
    #expect(report.status == 0 && report.text.contains(" 0.215 "), "\(report.text)")
  }

  @Test func severalTrialsATask() throws {
    #expect(try sweep("submit", "--trials-per-task", "3").status == 0)
    #expect(try text("out/slurm/0.trials") == "--index 0 --index 1 --index 2\n--index 3\n")
    #expect(try run("0.sh", task: 0).text == "AP 0.11\nAP 0.21\nAP 0.12\n")
    #expect(try sweep("status").text.hasSuffix("4 trials: 3 finished, 1 open\n"))
  }

  @Test func jobsAreCancelledTheLastFirst() throws {
    #expect(try sweep("cancel").text == "0 trials are taken out of the queue\n")
    #expect(try sweep("submit").status == 0)
    try folder.write(
      "1_1|RUNNING|a|\n1_2|PENDING||\n2_N/A|PENDING||Dependency\n", to: "slurm/queue")
    #expect(try sweep("cancel").text == "2 trials are taken out of the queue\n")
    #expect(try text("slurm/cancelled") == "2 1\n")
  }

  /// The job between two rounds of seeds submits the next one, unless a trial came to nothing.
  @Test func roundsOfSeeds() throws {
    let rule = #"{ "at_least": 2, "at_most": 3, "until": "distinguished" }"#
    let original = try String(contentsOfFile: file, encoding: .utf8)
    try folder.write(original.replacing("[1, 2],\n", with: "\(rule),\n"), to: "beta it's.json")
    #expect(try sweep("submit", "--trials-per-task", "2").status == 0)
    #expect(try run("0.sh", task: 0).status == 0)
    let early = try run("report.sh")
    #expect(early.text.hasPrefix("nothing is submitted: 2 have results"), "\(early.text)")
    #expect(try run("0.sh", task: 1).status == 0)
    let next = try run("report.sh")
    #expect(next.text.hasPrefix("2 of 6 trials are submitted, as job 3"), "\(next.text)")
    #expect(try text("out/slurm/1.trials") == "--index 4 --index 5\n")
  }

  @Test func aSchedulerThatIsNotThere() throws {
    let answer = try sweep("submit", path: folder.path("nothing"))
    #expect(answer.status == 1)
    #expect(answer.text.hasPrefix("losskit: error: sbatch: wasn't found; Slurm is a scheduler"))
    #expect(try sweep("status").text.hasSuffix("4 trials: 4 open\n"))
  }

  @Test func aSchedulerThatRefuses() throws {
    try command("sbatch", "echo 'sbatch: error: invalid partition specified: gpu' >&2; exit 1")
    let answer = try sweep("submit")
    #expect(
      answer.text == "losskit: error: sbatch: refused: invalid partition specified: gpu\n")
    try command("sbatch", "echo yes")
    #expect(try sweep("submit").text.contains("answered \"yes\\n\"; expected the number of a job"))
    try command("sbatch", "echo 7")
    #expect(try sweep("submit").status == 0)
    try command("squeue", "echo 'squeue: error: no controller' >&2; exit 1")
    let status = try sweep("status")
    #expect(status.status == 0)
    #expect(
      status.text.contains(
        "where the scheduler has the trials isn't known: squeue: refused: no controller"))
    #expect(try sweep("submit").status == 1)
  }
}
