import CommandLineKit
import Detector
import LossKit

extension Command {
  /// `losskit data`.
  static let data = Command(
    "data", summary: "Look at the examples of a data set.",
    discussion: """
      A data set is "scenes", which are drawn and need no download, or the path of annotations:

        cells.json   COCO's format; images beside it, or in a folder images
        data.yaml    YOLO's text labels; data.yaml:val for the split val
        cells        a folder with XML files of Pascal VOC in Annotations and images
                     in JPEGImages; ImageSets/Main/test.txt for those of a list

      or of a folder that holds one of these. Images are JPEG, PNG, or binary PPM or PGM. Settings of scenes \
      follow a colon: scenes:seed=3,difficulty=0.2,size=160x120,count=500,split=held_out.
      """,
    examples: [
      UsageExample("losskit data preview", "Draw some scenes with their boxes on a sheet."),
      UsageExample("losskit data describe --data cells/train.json", "Count what is in a data set."),
    ],
    subcommands: [.dataPreview, .dataDescribe])

  private static let count = Argument.option(
    "count", .integer("N", in: 1...400), default: 16, help: "How many examples.")
  private static let first = Argument.option(
    "first", .integer("INDEX", in: 0 ... .max), default: 0, help: "The first example, from 0.")
  private static let columns = Argument.option(
    "columns", .integer("N", in: 1...40),
    help: "Examples in a row; about as many as rows if left out.")
  private static let sheet = Argument.option(
    "output", .path("FILE.png"), default: "preview.png", help: "Where to write the sheet.")

  private static let dataPreview = Command(
    "preview", summary: "Draw examples with their boxes on a sheet, a PNG file.",
    discussion: """
      Boxes have the colours of their classes, which the legend names; ignored regions, such as crowds, \
      are dashed.
      """,
    arguments: [DataOptions.data, count, first, columns, sheet],
    examples: [
      UsageExample("losskit data preview --data scenes:difficulty=1", "Draw difficult scenes."),
      UsageExample(
        "losskit data preview --data cells/val.json --count 9 --output cells.png",
        "Draw images of a data set of one's own."),
    ]
  ) { call in
    let data = try call[DataOptions.data].open()
    let first = try call[first]
    guard first < data.count else {
      throw UsageError("--first: there are \(data.count) examples; expected 0 to \(data.count - 1)")
    }
    let pictures = try (first..<first + min(try call[count], data.count - first)).map { index in
      Picture(try data.example(index), classNames: data.classNames)
    }
    let output = try call[sheet]
    try ContactSheet(pictures, classNames: data.classNames).drawn(columns: try call[columns])
      .writePNG(to: output)
    try call.output.print("\(pictures.count) of \(data.count) examples: \(output)")
  }

  private static let dataDescribe = Command(
    "describe", summary: "Count the objects of a data set, and read all its images.",
    discussion: """
      Small, medium and large are objects of areas up to 32², up to 96², and beyond. Crowds and other \
      ignored regions count apart.
      """,
    arguments: [DataOptions.data, Options.threads, Options.json],
    examples: [
      UsageExample(
        "losskit data describe --data scenes:count=100", "Count the objects of some scenes.")
    ]
  ) { call in
    let description = try DataDescription(try call[DataOptions.data].open(), workers: call.workers)
    if try call[Options.json] {
      try call.output.print(json: description.node)
    } else {
      try call.output.print(description.text(style: call.output.standardOutput.style))
    }
  }
}
