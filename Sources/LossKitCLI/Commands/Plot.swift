import CommandLineKit
import Detector
import LossKit
import Plots

extension Command {
  /// `losskit plot`.
  static let plot = Command(
    "plot", summary: "Draw losses, or what an assigner makes of an image, as an SVG file.",
    examples: [
      UsageExample("losskit plot smooth_l1 l1 l2", "Draw three losses and their derivatives."),
      UsageExample(
        "losskit plot targets retinanet_torchvision batch.safetensors",
        "Draw the priors of an image."),
    ],
    subcommands: [.plotLosses, .plotTargets], fallback: "losses")

  private static let losses = Argument.repeating(.loss, help: "The names of losses.")
  private static let lossSettings = Argument.repeatableOption(
    "set", .setting("NAME=VALUE"),
    help: """
      Set a parameter of all losses that have it, such as beta=0.1; given again, another curve for that value.
      """)
  private static let lossTargets = Argument.repeatableOption(
    "target", .number("NUMBER"),
    help: """
      What the prediction should be, for losses that don't read its difference from that alone; 1 and 0 where \
      left out.
      """)
  private static let lossFile = Argument.option(
    "output", .path("FILE.svg"), default: "losses.svg", help: "Where to write the picture.")

  private static let plotLosses = Command(
    "losses",
    summary: "Draw losses and their derivatives over the prediction; the word may be left out.",
    discussion: """
      Losses on differences are drawn over prediction − target; others over the prediction, a picture a target; \
      those of classes over the logit of the class that is meant; those on boxes over a shift of the box and \
      over its scale. There are \(PlotSheet.styles) curves at most.
      """,
    arguments: [losses, lossSettings, lossTargets, lossFile, Options.plugins],
    examples: [
      UsageExample(
        "losskit plot smooth_l1 --set beta=0.1 --set beta=1 --output beta.svg",
        "Draw a loss with two values of a parameter."),
      UsageExample("losskit plot iou giou diou ciou", "Draw losses on boxes."),
    ]
  ) { call in
    let plotted = try call.plottedLosses(try call[losses], settings: try call[lossSettings])
    let targets = try call[lossTargets]
    let sheet = try PlotSheet(plotted, targets: targets.isEmpty ? [1, 0] : targets)
    try call.write(sheet, to: try call[lossFile])
  }

  private static let recipe = Argument.required(.recipe("RECIPE"), help: Options.recipeHelp)
  private static let bundle = Argument.required(
    .path("BUNDLE"),
    help: "Ground truth, and the predictions that the recipe's priors and assigner read.")
  private static let image = Argument.option(
    "image", .integer("INDEX", in: 0 ... .max), default: 0, help: "The image of the bundle, from 0."
  )
  private static let picture = Argument.option(
    "picture", .path("IMAGE"),
    help: "The image's file, to draw the priors on: JPEG, PNG, PPM or PGM.")
  private static let targetsFile = Argument.option(
    "output", .path("FILE.svg"), default: "targets.svg", help: "Where to write the picture.")

  private static let plotTargets = Command(
    "targets",
    summary: "Draw which priors of an image are positive, negative, ignored and sampled.",
    discussion: """
      A panel a level of each stage. Dots are the centres of priors; boxes are drawn of positives, in the colour \
      of the object that they are matched to, and of sampled negatives that lie on no feature map.
      """,
    arguments: [
      recipe, bundle, image, picture, targetsFile, Options.settings, Options.plugins,
      Options.allowPlugins, Options.threads,
    ],
    examples: [
      UsageExample(
        "losskit plot targets faster_rcnn_torchvision batch.safetensors --picture photo.jpg",
        "Draw the priors of both stages on the image.")
    ]
  ) { call in
    let recipe = try call[recipe]
    let objective = try call.objective(of: recipe)
    let bundle = try OpenBundle(try call[bundle])
    let index = try call[image]
    guard bundle.batch.images.indices.contains(index) else {
      throw UsageError("--image: the bundle has images 0 to \(bundle.batch.images.count - 1)")
    }
    let size = bundle.batch.images[index].size
    let picture = try call[picture].map { path in
      let image = try Image(contentsOf: path)
      guard image.isShaped(like: size) else {
        throw DataError(
          path,
          "is \(image.width) × \(image.height) pixels; expected the shape of the bundle's image, "
            + "\(size.width) × \(size.height)")
      }
      return image.fitted(into: ImageSize(height: 480, width: 480))
    }
    let targets = try bundle.targets(of: objective, recipe: recipe, workers: try call.workers)
    let sheet = PlotSheet(
      targets, image: index, of: bundle.batch, picture: picture,
      title: "\(recipe): priors of image \(index)")
    try call.write(sheet, to: try call[targetsFile])
  }
}

extension Invocation {
  fileprivate func write(_ sheet: PlotSheet, to path: String) throws {
    try AtomicFile.write(Array(sheet.svg.utf8), to: path)
    try output.print("\(path)")
  }
}

extension Image {
  /// Whether the image may be one of this size, scaled.
  fileprivate func isShaped(like size: ImageSize) -> Bool {
    let ratio = Double(width * size.height) / Double(height * size.width)
    return abs(ratio - 1) < 0.03
  }
}

extension ValueType<Double> {
  /// Any number.
  fileprivate static func number(_ name: String) -> Self {
    ValueType(name) { (text) throws(UsageError) in
      guard let value = Double(text), value.isFinite else {
        throw UsageError("expected a number; got \(Diagnostic.quote(text))")
      }
      return value
    }
  }
}
