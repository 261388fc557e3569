import CommandLineKit
import Detector
import LossKit

extension Command {
  private static let checkpoint = Argument.requiredOption(
    "checkpoint", .path("DIR"), help: "The folder of a training.")
  private static let source = Argument.requiredOption(
    "data", .dataSource,
    help: """
      The data set, as for 'losskit train', whose part to measure with is taken: scenes that are held out, as many \
      as their count says, the split val of data.yaml, val.txt of Pascal VOC; else all of it.
      """)

  /// `losskit val`.
  static let val = Command(
    "val", summary: "Measure a trained model with COCO's metrics.",
    discussion: """
      JSON has the data, the number of images, and the metrics by name; null for one without objects to find.
      """,
    arguments: [
      checkpoint, source, DataOptions.split, Options.plugins, Options.allowPlugins, Options.threads,
      Options.json,
    ],
    examples: [
      UsageExample(
        "losskit val --checkpoint run --data scenes", "Measure on scenes that are held out."),
      UsageExample(
        "losskit val --checkpoint run --data cells/test.json --json", "Measure on other images."),
    ]
  ) { call in
    let trained = try TrainedModel(
      in: try call[checkpoint], registry: try call.registry,
      allowsPlugins: try call[Options.allowPlugins])
    var source = try call[source]
    if case .scenes(var settings) = source, try call[DataOptions.split] == nil {
      // Here the count is of scenes to measure with.
      settings.split = .heldOut
      source = .scenes(settings)
    }
    let (whole, measured) = try call.trainingData(of: source, validation: nil)
    let (name, data) = measured ?? ("\(source)", whole)
    guard data.classNames == trained.classNames else {
      throw DataError(
        name,
        "has the classes \(data.classNames.joined(separator: ", ")); the model was trained for "
          + "\(trained.classNames.joined(separator: ", ")), in this order")
    }
    let evaluation = try DetectionEvaluation(
      of: trained.model, on: data, engine: Engine(workers: try call.workers))
    if try call[Options.json] {
      try call.output.print(
        json: [
          "data": JSONNode(name), "images": JSONNode(data.count), "metrics": evaluation.node,
        ])
    } else {
      try call.output.print(evaluation.table("\(name), \(data.count.grouped) images", call.output))
    }
  }
}
