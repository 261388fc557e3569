import CommandLineKit
import Detector
import LossKit
import ResourceLimits

extension Command {
  private static let recipe = Argument.requiredOption(
    "recipe", .recipe("RECIPE"), help: Options.recipeHelp)
  private static let validation = Argument.option(
    "validation", .dataSource,
    help: """
      The data set to measure with; scenes are measured with others of their kind where it is left \
      out.
      """)
  private static let model = Argument.option(
    "model", .path("MODEL"),
    help: "The model file, such as Configs/models/default.json; its defaults where left out.")
  private static let seed = Argument.option(
    "seed", .integer("N", in: 0 ... .max), default: 0,
    help: "Chooses weights, order, flips and samples.")
  private static let steps = Argument.option(
    "steps", .integer("N", in: 1...Limits.steps), help: "Short for --set training.steps=N.")
  private static let settings = Argument.repeatableOption(
    "set", .setting("PATH=VALUE"),
    help: """
      Set a value of the recipe, such as stages.rpn.terms.rpn_box.weight=2, or of the model file, such \
      as training.rate=0.0005; may be given many times.
      """)
  private static let tensorBoard = Argument.option(
    "tensorboard", .path("FOLDER"),
    help: "Write event files for TensorBoard into this folder, which may be that of --out.")
  private static let folder = Argument.requiredOption(
    "out", .path("DIR"), help: "The folder for the training; made where it doesn't exist.")

  /// `losskit train`.
  static let train = Command(
    "train", summary: "Train the reference detector with a recipe.",
    discussion: """
      DIR gets the recipe and the model file as they were used, metrics.jsonl with a line every few \
      steps, checkpoint.safetensors, and at the end detections.json: what the model finds on some \
      images, which lie beside it, and evaluation.json: errors by kind and precision over recall; \
      `losskit detect` draws more images. Called again with a folder that holds a checkpoint, training goes \
      on from there and ends with the same bits. SIGTERM ends it with a checkpoint after the step that it is \
      at.

      TensorBoard gets all numbers of metrics.jsonl, histograms of the gradients by each term's predictions, \
      the images that are measured with first, with their objects dashed and what is found, and the settings \
      in its tab HParams. A training that goes on takes back what the last one told beyond its checkpoint.

      Priors may lie on one level or on several, whose strides double from one to the next; among them is the \
      stride of the model's last feature map. Recipes may have further stages on proposals. Widths of heads follow \
      from the recipe.
      """,
    arguments: [
      recipe, DataOptions.data, validation, DataOptions.split, model, seed, steps, settings, folder,
      tensorBoard, Options.plugins,
      Options.allowPlugins, Options.strict, Options.threads,
    ],
    examples: [
      UsageExample(
        "losskit train --recipe Configs/recipes/reference_detector.json --out run",
        "Train on drawn scenes."),
      UsageExample(
        """
        losskit train --recipe Configs/recipes/reference_detector.json --data cells/train.json \
        --validation cells/val.json --steps 2000 --out run
        """, "Train on a data set of one's own."),
      UsageExample(
        """
        losskit train --recipe reference_detector --data photos/annotations.json --split 0.8 \
        --set model.image_size=[320,240] --out run
        """, "Train on four photographs of five, made smaller, and measure with the fifth."),
    ]
  ) { call in
    var settings = try call[settings]
    if let steps = try call[steps] {
      settings.append(try JSONSetting(parsing: "training.steps=\(steps)", option: "--steps"))
    }
    let isModelSetting: (JSONSetting) -> Bool = {
      ["model", "training"].contains($0.path.components.first ?? "")
    }
    let recipe = try DetectionRecipe(
      contentsOf: try call[recipe], settings: settings.filter { !isModelSetting($0) },
      registry: try call.registry, allowsPlugins: try call[Options.allowPlugins])
    let modelFile = try call[model]
    let model = try ModelFile(contentsOf: modelFile, settings: settings.filter(isModelSetting))
    let source = try call[DataOptions.data]
    let (data, measured) = try call.trainingData(of: source, validation: try call[validation])
    let modelPlace = modelFile.map { "\($0): " } ?? ""
    var warnings = model.training.warnings.map { "\(modelPlace)\($0)" }
    warnings += data.warnings.map { "\(source): \($0)" }
    if let measured {
      warnings += measured.data.warnings.map { "\(measured.name): \($0)" }
    } else {
      warnings.append(
        "\(source): there is nothing to measure with, so that nobody will know how good the detector is: "
          + "name other data with --validation, or leave a part of this for it, with --split 0.8")
    }
    try call.warn(warnings)
    let folder = try call[folder]
    var run = try TrainingRun(
      in: folder, recipe: recipe, model: model, data: data, validation: measured?.data,
      seed: UInt64(try call[seed]), tensorBoard: try call[tensorBoard],
      engine: Engine(workers: try call.workers))
    var progress = TrainingProgress(
      steps: model.training.steps, batch: model.training.batch, output: call.output)
    Termination.awaitRequest()
    try run.run(until: { Termination.isRequested }) { try progress.show($0) }
    if Termination.isRequested { Termination.complete() }
    try call.output.print("\(folder): done")
  }
}
