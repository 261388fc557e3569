import CommandLineKit
import CommandLineTestSupport
import StrictJSON

/// A tool with every kind of argument, whose commands print what they were given.
enum SampleTool {
  static let tool = CommandLineTool(root, version: "1.2.3")

  private static let verbose = Argument.flag("verbose", short: "v", help: "Tell more.")
  private static let json = Argument.flag("json", help: "Print JSON.")
  private static let kind = Argument.optional(
    .choice("KIND", from: ["loss", "assigner", "sampler"]), help: "Which kind to list.")
  private static let recipe = Argument.required(.text("RECIPE"), help: "The recipe file.")
  private static let recipes = Argument.repeating(.text("RECIPE"), help: "Recipe files.")
  private static let bundle = Argument.required(
    .text("BUNDLE"), help: "A safetensors file of predictions and ground truth.")
  private static let gradients = Argument.option(
    "gradients", .text("OUT.safetensors"), help: "Write the gradients to a file.")
  private static let settings = Argument.repeatableOption(
    "set", .text("PATH=VALUE"),
    help: "Set a value of the recipe, as if its file said so; may be given many times.")
  private static let threads = Argument.option(
    "threads", short: "t", .integer("N", in: 1...64), default: 2, help: "How many threads to use.")
  private static let against = Argument.requiredOption(
    "bundle", .text("B"), help: "The bundle to compare on.")
  private static let index = Argument.requiredOption(
    "index", .integer("N", in: 0 ... .max), help: "Which trial.")
  private static let seed = Argument.option("seed", .integer("N"), help: "The seed.")
  private static let predictions = Argument.requiredOption(
    "predictions", numbers, help: "Numbers, apart by spaces.")

  /// A type of one's own.
  private static let numbers = ValueType<[Double]>("NUMBERS") { (text) throws(UsageError) in
    try text.split(separator: " ").map { (field) throws(UsageError) in
      guard let number = Double(field) else {
        throw UsageError("expected numbers; got \"\(field)\"")
      }
      return number
    }
  }

  private static let root = Command(
    "losskit", summary: "Losses for object detection.", arguments: [verbose],
    examples: [UsageExample("losskit list loss", "List the losses.")],
    subcommands: [
      Command("list", summary: "List what is registered.", arguments: [kind, json]) { call in
        try call.output.print("list \(try call[kind] ?? "-") \(try call[json])")
      },
      evaluate,
      Command(
        "draw", summary: "Draw.",
        subcommands: [
          Command("lines", summary: "Draw lines.", arguments: [recipes, json]) { call in
            try call.output.print("lines \(try call[recipes]) \(try call[json])")
          },
          Command("dots", summary: "Draw dots.", arguments: [recipe]) { call in
            try call.output.print("dots \(try call[recipe])")
          },
        ], fallback: "lines"),
      Command(
        "compare", summary: "Compare recipes.", arguments: [recipes, against, settings]
      ) { call in
        try call.output.print("\(try call[recipes]) \(try call[against])")
      },
      Command("try", summary: "Try a loss.", arguments: [predictions, seed]) { call in
        try call.output.print("\(try call[predictions]) \(try call[seed] ?? 0)")
      },
      Command("copy", summary: "Copy.", arguments: [recipes, bundle]) { call in
        try call.output.print("\(try call[recipes]) \(try call[bundle])")
      },
      Command(
        "sweep", summary: "Train with many recipes.",
        subcommands: [
          Command("run", summary: "Run a sweep.", arguments: [recipe]) { _ in
            throw Failure(lines: ["sweep.json:1:2: no trials", "sweep.json:3:4: no\u{1B}[2J data"])
          },
          Command("trial", summary: "Run one trial.", arguments: [recipe, index]) { call in
            guard try call[index] < 10 else { throw UsageError("the sweep has 10 trials only") }
            try call.output.print("\(try call[recipe]) \(try call[index])")
          },
        ]),
    ])

  private static let evaluate = Command(
    "evaluate", summary: "Evaluate a recipe on a bundle.",
    discussion: """
      Prints the value of each term and their total. The same recipe, bundle and seed give the same \
      bits, whatever the number of threads.

      A path names a key at each level:
        stages.rpn.terms.rpn_box.weight
      """,
    arguments: [recipe, bundle, gradients, json, settings, threads],
    examples: [
      UsageExample("losskit evaluate ssd.json batch.safetensors", "Evaluate on one batch."),
      UsageExample(
        "losskit evaluate ssd.json batch.safetensors --set stages.ssd.terms.box.weight=2",
        "Evaluate with another weight."),
    ]
  ) { call in
    try call.output.print(
      """
      \(try call[recipe]) \(try call[bundle]) \(try call[gradients] ?? "-") \(try call[json]) \
      \(try call[settings]) \(try call[threads]) \(try call[verbose])
      """)
  }

  private struct Failure: LinedError {
    let lines: [String]
  }
}

extension Answer {
  /// The answer of the sample tool.
  init(to arguments: [String], style: Style = .plain, width: Int = 80) {
    self.init(to: arguments, of: SampleTool.tool, style: style, width: width)
  }
}
