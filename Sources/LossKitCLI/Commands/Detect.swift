import CommandLineKit
import Detector
import LossKit

extension Command {
  private static let images = Argument.repeating(
    .path("IMAGE"), isRequired: false,
    help: "JPEG, PNG, or binary PPM or PGM files; instead of --data.")
  private static let checkpoint = Argument.requiredOption(
    "checkpoint", .path("DIR"), help: "The folder of a training.")
  private static let source = Argument.option(
    "data", .dataSource, help: "A data set, the first images of which are shown.")
  private static let count = Argument.option(
    "count", .integer("N", in: 1...400), default: 16, help: "Images of the data set.")
  private static let score = Argument.option(
    "score", .integer("PERCENT", in: 0...100), default: 50,
    help: "Least score of a detection that is drawn.")
  private static let sheet = Argument.option(
    "output", .path("FILE.png"), default: "detections.png", help: "Where to write the sheet.")

  /// `losskit detect`.
  static let detect = Command(
    "detect", summary: "Draw what a trained model finds on images.",
    arguments: [
      images, checkpoint, source, count, score, sheet, Options.plugins, Options.allowPlugins,
      Options.threads,
    ],
    examples: [
      UsageExample(
        "losskit detect --checkpoint run --data scenes:split=held_out --output sheet.png",
        "Draw detections on scenes."),
      UsageExample("losskit detect --checkpoint run photo.jpg", "Draw detections on a photograph."),
    ]
  ) { call in
    var trained = try TrainedModel(
      in: try call[checkpoint], registry: try call.registry,
      allowsPlugins: try call[Options.allowPlugins])
    let paths = try call[images]
    let opened = try call[source]?.open()
    guard paths.isEmpty != (opened == nil) else {
      throw UsageError("expected images or --data, one of the two")
    }
    var named = try paths.map { (name: $0, image: try Image(contentsOf: $0)) }
    if let data = opened {
      named = try (0..<min(try call[count], data.count)).map {
        let example = try data.example($0)
        return (example.name, example.image)
      }
    }
    let found = try trained.detect(
      on: named.map(\.image), engine: Engine(workers: try call.workers))
    let least = Float(try call[score]) / 100
    let names = trained.classNames
    let pictures = zip(named, found).map { named, detections in
      Picture(
        title: named.name, image: named.image, detections: detections.filter { $0.score >= least },
        classNames: names)
    }
    let output = try call[sheet]
    try ContactSheet(pictures, classNames: names).drawn().writePNG(to: output)
    try call.output.print("\(pictures.count) images: \(output)")
  }
}
