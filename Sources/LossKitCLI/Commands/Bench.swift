import Bench
import CommandLineKit
import LossKit

extension Command {
  /// `losskit bench`.
  static let bench = Command(
    "bench", summary: "Measure how fast losses, assignment and whole objectives are here.",
    discussion: """
      Losses are measured value and gradient together. The time is the median of repeated runs after \
      one to warm up, also divided by the elements: those of the predictions, priors, or boxes. GB/s \
      counts each input as read once and each output as written once; "of add" is its share of what \
      adding two vectors reaches in the same call. Peak memory is what a run takes beside its inputs, \
      its results included; only Linux tells.

      The losses of plugins are measured with one and with four columns.

      Inputs are drawn, the same in each call, or read from a folder that Benchmarks/peers.py fills \
      to measure other libraries on the same numbers. JSON has the value and the norm of the \
      gradient too, to compare; for assignment and suppression the value is a checksum.
      """,
    arguments: [
      BenchOptions.works, BenchOptions.runs, BenchOptions.recipes, BenchOptions.inputs,
      BenchOptions.scale, BenchOptions.list, Options.plugins, Options.allowPlugins, Options.threads,
      Options.json,
    ],
    examples: [
      UsageExample("losskit bench", "Measure everything."),
      UsageExample("losskit bench softmax max_iou/200000x64 --threads 1", "Measure some of it."),
      UsageExample("losskit bench objective --recipe my.json", "Measure a recipe of your own."),
    ]
  ) { call in
    let works = try call.benchWorks()
    if try call[BenchOptions.list] { return try call.list(works) }
    let inputs = try call[BenchOptions.inputs].map { try BenchInputs(folder: $0) }
    Allocator.keepFreedMemory()
    func measure(_ work: BenchWork) throws -> Measurement {
      call.output.report("measuring \(work.name)")
      let file = try inputs?.file(of: work)
      let task = try work.operation.task(work.shape, inputs: file, workers: try call.workers)
      return try Measurement(
        work, task, drawsInputs: file == nil, runs: try call[BenchOptions.runs])
    }
    let report = BenchReport(
      threads: try call.workers.count,
      streamingAdd: try measure(.streamingAdd.scaled(by: try call[BenchOptions.scale])),
      works: try works.map(measure))
    if try call[Options.json] {
      try call.output.print(json: report.node)
    } else {
      try call.output.print(report.table.text(style: call.output.standardOutput.style))
    }
  }
}

/// What `losskit bench` takes.
private enum BenchOptions {
  /// The recipes whose objectives are measured.
  static let objectives = [
    "faster_rcnn_torchvision", "retinanet_torchvision", "fcos_torchvision", "atss", "gfl", "tood",
    "yolov8", "yolox", "rtmdet", "detr",
  ]
  static let works = Argument.repeating(
    .text("WORK"), isRequired: false,
    help: "Works to measure, by the beginning of their names; all where left out.")
  static let runs = Argument.option(
    "runs", .integer("N", in: 1...10_000),
    help: "Timed runs of each work; as many as fit half a second, 1 to 100, where left out.")
  static let recipes = Argument.repeatableOption(
    "recipe", .recipe("RECIPE"),
    help: """
      Measure the objective of this recipe, instead of those of \
      \(objectives.joined(separator: ", ")); may be given many times.
      """)
  static let inputs = Argument.option(
    "inputs", .path("FOLDER"),
    help: "Read inputs from FOLDER/WORK.safetensors where there is such a file.")
  static let scale = Argument.option(
    "scale", .fraction, default: 1, help: "A fraction of the sizes, for trying it out.")
  static let list = Argument.flag("list", help: "List the works and measure nothing.")
}

extension ValueType<Double> {
  /// A number above 0 and up to 1.
  fileprivate static let fraction = ValueType("FRACTION") { (text) throws(UsageError) in
    guard let value = Double(text), value > 0, value <= 1 else {
      throw UsageError("expected a number above 0 and up to 1; got \(Diagnostic.quote(text))")
    }
    return value
  }
}

extension Invocation {
  /// The works asked for, scaled.
  ///
  /// - Throws: `UsageError` for a name with which none begins.
  fileprivate func benchWorks() throws -> [BenchWork] {
    let all = try BenchWork.all(registry: try registry, recipes: try benchRecipes())
    let names = try self[BenchOptions.works]
    if let name = names.first(where: { name in !all.contains { $0.name.hasPrefix(name) } }) {
      throw UsageError(
        "no work begins with \(Diagnostic.quote(name)); 'losskit bench --list' shows all",
        suggestion: nearestName(
          to: name, in: all.flatMap { [$0.operation.name, $0.name] }))
    }
    let scale = try self[BenchOptions.scale]
    return all.filter { work in names.isEmpty || names.contains { work.name.hasPrefix($0) } }
      .map { $0.scaled(by: scale) }
  }

  private func benchRecipes() throws -> [DetectionRecipe] {
    let registry = try registry
    let paths = try self[BenchOptions.recipes]
    let allowsPlugins = try self[Options.allowPlugins]
    guard paths.isEmpty else {
      return try paths.map {
        try DetectionRecipe(contentsOf: $0, registry: registry, allowsPlugins: allowsPlugins)
      }
    }
    return try BenchOptions.objectives.map {
      try DetectionRecipe(named: $0, registry: registry)
    }
  }

  /// Prints the works.
  fileprivate func list(_ works: [BenchWork]) throws {
    if try self[Options.json] { return try output.print(json: JSONNode(works.map(\.node))) }
    var table = Table([.init("work"), .init("shape", .right)])
    for work in works {
      table.append([work.name, work.shape.map(\.grouped).joined(separator: " × ")])
    }
    try output.print(table.text(style: output.standardOutput.style))
  }
}

extension BenchWork {
  fileprivate var node: JSONNode {
    var parameters = JSONObject()
    for (name, value) in operation.parameters.sorted(by: { $0.key < $1.key }) {
      parameters.set(name, to: JSONNode(value))
    }
    return [
      "work": JSONNode(name),
      "operation": JSONNode(operation.name),
      "shape": JSONNode(shape.map { JSONNode($0) }),
      "parameters": JSONNode(parameters),
    ]
  }
}
