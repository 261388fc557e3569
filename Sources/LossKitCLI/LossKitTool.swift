import CommandLineKit
import LossKit

/// The `losskit` command: what there is, in the order of its help.
enum LossKitTool {
  static let tool = CommandLineTool(
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
        .list, .show, .check, .evaluate, .compare, .diff, .targets, .try, .gradcheck, .export,
        .data, .train,
        .detect, .sweep, .schema, .newLoss, .newAssigner, .bench,
      ]),
    version: LossKitVersion.current,
    prepare: {
      if let problem = Workers.problem() { throw UsageError(problem) }
    })
}
