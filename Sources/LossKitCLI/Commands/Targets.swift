import CommandLineKit
import LossKit

extension Command {
  private static let recipe = Argument.required(.recipe("RECIPE"), help: Options.recipeHelp)
  private static let bundle = Argument.required(
    .path("BUNDLE"),
    help: """
      Ground truth, and the predictions that priors are made from or that tell the size of feature \
      maps: a safetensors file, or a folder of npy files.
      """)
  private static let file = Argument.requiredOption(
    "output", .path("FILE"), help: "The safetensors file to write.")

  /// `losskit targets`.
  static let targets = Command(
    "targets", summary: "Write what each prior of a bundle should predict, for another program.",
    discussion: """
      FILE has for each stage of the recipe a row a prior: images outermost, then levels, rows, columns \
      and the priors of a cell.

        STAGE.priors    F32 [priors, 4]  x1, y1, x2, y2 in pixels
        STAGE.image     I64 [priors]     image, from 0
        STAGE.level     I64 [priors]     level, from 0
        STAGE.assigned  I64 [priors]     ground truth of the image, from 0;
                                         -1 background, -2 ignored
        STAGE.sampled   BOOL [priors]    whether the prior counts

      Ground truths are counted in the order of gt_boxes, without those of gt_ignore. In a bundle, \
      STAGE.sampled is what the sampler `recorded` takes. For each term, a row a prior that it \
      compares, in the same order:

        STAGE.TERM.prior        I64 [rows]           row in STAGE.priors
        STAGE.TERM.targets      I64 [rows]           labels, 0 for background,
                             or F32 [rows, columns]  numbers, such as boxes
        STAGE.TERM.scores       F32 [rows]           if the label's column holds a soft number
        STAGE.TERM.row_weights  F32 [rows]           if the term has a row weight

      A term whose target or row weight reads what the stage predicts is left out where BUNDLE lacks that.
      Ignored counts the priors that were not drawn, too.
      """,
    arguments: [
      recipe, bundle, file, Options.settings, Options.plugins, Options.allowPlugins,
      Options.threads, Options.json,
    ],
    examples: [
      UsageExample(
        "losskit targets faster_rcnn_torchvision batch.safetensors --output targets.safetensors",
        "Write the targets of both stages.")
    ]
  ) { call in
    let recipe = try call[recipe]
    let objective = try call.objective(of: recipe)
    let bundle = try OpenBundle(try call[bundle])
    let targets = try bundle.targets(
      of: objective, recipe: recipe, workers: try call.workers)
    var tensors: [(name: String, tensor: AnyTensor)] = []
    do throws(InputError) {
      for (stage, targets) in zip(objective.stages, targets) {
        tensors += try targets.tensors(of: stage)
      }
    } catch {
      throw BundleError(file: "\(recipe) on \(bundle.source.path)", message: "\(error)")
    }
    try SafetensorsFile.write(tensors, to: try call[file])
    let counts = targets.map(StageCounts.init)
    if try call[Options.json] {
      try call.output.print(json: JSONNode(counts.map(\.node)))
    } else {
      var table = Table(
        [.init("stage")] + StageCounts.names.map { .init($0, .right) })
      for stage in counts { table.append([stage.stage] + stage.numbers.map(\.grouped)) }
      try call.output.print(table.text(style: call.output.standardOutput.style))
    }
  }
}

/// How many priors of a stage are what.
private struct StageCounts {
  static let names = ["priors", "positives", "negatives", "ignored"]

  let stage: String
  let numbers: [Int]

  init(_ targets: StageTargets) {
    stage = targets.stage
    let priors = targets.images.reduce(0) { $0 + $1.priors.count }
    let sampled = targets.images.reduce(0) { $0 + $1.sampled.count }
    let positives = targets.images.reduce(0) { $0 + $1.positives.count }
    numbers = [priors, positives, sampled - positives, priors - sampled]
  }

  var node: JSONNode {
    var object = JSONObject(["stage": JSONNode(stage)])
    for (name, number) in zip(Self.names, numbers) { object.set(name, to: JSONNode(number)) }
    return JSONNode(object)
  }
}
