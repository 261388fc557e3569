import CommandLineKit
import LossKit

/// The `losskit` command: what there is, in the order of its help.
enum LossKitTool {
  static let tool: CommandLineTool = CommandLineTool(
    Command(
      "losskit", summary: "Loss recipes for object detection: list, check, evaluate, compare, try.",
      discussion: """
        The status is 0 where the work was done, 1 where a file or the numbers given could not be \
        used, and 2 where the command line is wrong: an option, or a name that is not registered.
        """,
      examples: [
        UsageExample("losskit list loss", "List the losses."),
        UsageExample("losskit show smooth_l1", "Show a loss: its formula and parameters."),
        UsageExample(
          "losskit evaluate faster_rcnn.json batch.safetensors",
          "Evaluate a recipe on a batch of predictions and ground truth."),
      ],
      subcommands: [
        .list, .show, .check, .evaluate, .compare, .diff, .targets, .plot, .try, .gradcheck,
        .export, .data, .train, .val, .detect, .sweep, .schema, .newLoss, .newAssigner, .bench,
        .completion, .manual,
      ]),
    version: LossKitVersion.current,
    prepare: {
      if let problem = Workers.problem() { throw UsageError(problem) }
    })
}
