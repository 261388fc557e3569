import CommandLineKit
import Detector

/// Says how a training goes: one line that is written over on a terminal, plain lines elsewhere.
struct TrainingProgress {
  let steps: Int
  let batch: Int
  let output: Output

  private var isLineOpen = false

  init(steps: Int, batch: Int, output: Output) {
    self.steps = steps
    self.batch = batch
    self.output = output
  }

  mutating func show(_ event: TrainingRun.Event) throws {
    switch event {
    case .extended(let before):
      output.report(
        "the training had \(before.grouped) steps; from here on the rate follows the schedule of "
          + "\(steps.grouped)")
    case .resumed(let step):
      output.report("going on after step \(step.grouped) of \(steps.grouped)")
    case .steps(let summary):
      show(summary)
    case .evaluated(let step, let evaluation):
      endLine()
      try output.print(evaluation.table("step \(step.grouped)", output))
    case .stopped(let step):
      endLine()
      output.report(
        "stopped after step \(step.grouped) with a checkpoint; called again, it goes on")
    case .complete:
      output.report("the training in this folder is complete; nothing is left to do")
    }
  }

  private mutating func show(_ summary: StepSummary) {
    let left = Double((steps - summary.step) * batch) / max(summary.imagesPerSecond, 1e-9)
    let text: TerminalText =
      "step \(summary.step.grouped) of \(steps.grouped), "
      + "loss \(summary.loss.formatted(significant: 4)), "
      + "\(summary.imagesPerSecond.formatted(significant: 3)) images/s, "
      + "\(duration(seconds: left)) left"
    if output.standardError.isTerminal {
      // Back to the line's start, and what was there is erased.
      try? output.standardError.write("\r\u{1B}[K\(text)")
      isLineOpen = true
      if summary.step == steps { endLine() }
    } else {
      output.report(text)
    }
  }

  private mutating func endLine() {
    if isLineOpen { output.report("") }
    isLineOpen = false
  }

  private func duration(seconds: Double) -> String {
    let whole = Int(min(max(seconds, 0), 1e7).rounded())
    return whole < 60 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
  }
}
