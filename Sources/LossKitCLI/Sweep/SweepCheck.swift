import CommandLineKit
import Detector
import Foundation
import LossKit
import Sweep

/// Looks for mistakes in a sweep that would else be found once it has trained, or not at all.
///
/// Of the reference detector everything is tried: settings of model and training, the data, whether the
/// metric will have a value, and a first step of each variant. Of another trainer it is known whether its
/// program is there.
struct SweepCheck {
  private let plan: SweepPlan
  private let registry: Registry
  private let allowsPlugins: Bool
  private let progress: CheckProgress
  /// What is probably wrong.
  private(set) var warnings = SharedMistakes()
  /// What a trial would fail by.
  private var mistakes = SharedMistakes()
  /// How long the training of a trial takes, by variant, where steps were timed.
  private(set) var seconds: [Int: Double] = [:]

  /// Checks a sweep, of whose variants those at `untried` have no result yet.
  ///
  /// - Parameters:
  ///   - timesSteps: Whether to find out how long a training takes, by a few steps.
  ///   - stream: Where to say what the check is at, if it takes long.
  /// - Throws: `Diagnostics` with all mistakes in the files, or a ``LinedError`` with those that steps show,
  ///   one that variants have in common once.
  init(
    _ plan: SweepPlan, untried: [Int], registry: Registry, allowsPlugins: Bool, timesSteps: Bool,
    progressOn stream: TextStream
  ) throws {
    self.plan = plan
    self.registry = registry
    self.allowsPlugins = allowsPlugins
    progress = CheckProgress(on: stream)
    defer { progress.finish() }
    if plan.trainsReferenceDetector {
      try checkTraining(untried: untried, steps: timesSteps ? 2 : 1)
    } else {
      try checkProgram()
    }
  }

  private mutating func checkTraining(untried: [Int], steps: Int) throws {
    let models = try models()
    for (variant, model) in zip(plan.variants, models) {
      for warning in model.training.warnings { warnings.add("\(warning)", of: variant.name) }
    }
    progress.begin("the data")
    let source = try source(plan.data, key: "data")
    var data = try opened(source, key: "data")
    var validation: (any DataSet)?
    if let share = plan.split {
      guard data.count > 1 else {
        throw mistake(["split"], "there is only one image, and no two parts")
      }
      validation = DataSubset(data, .heldOut, share: share)
      data = DataSubset(data, .training, share: share)
    } else {
      let heldOut =
        try plan.validation.map { try self.source($0, key: "validation") } ?? source.heldOut
      validation = try heldOut.map { try opened($0, key: "validation") }
    }
    if let validation, validation.classNames != data.classNames {
      throw mistake(
        ["validation"],
        "has the classes \(validation.classNames), and the data \(data.classNames); expected the same in "
          + "the same order")
    }
    try checkMetric(on: validation)
    try checkBrackets(models)
    for (place, variant) in untried.enumerated() {
      progress.begin("a first step of variant \(place + 1) of \(untried.count)")
      try tryOut(plan.variants[variant], models[variant], data, steps).map {
        seconds[variant] = $0 * Double(models[variant].training.steps)
      }
    }
    if !mistakes.isEmpty { throw Mistakes(lines: mistakes.lines(of: plan)) }
  }

  private func mistake(
    _ path: JSONPath, _ message: String, suggestion: String? = nil
  ) -> Diagnostics {
    Diagnostics(
      Diagnostic(at: plan.location(of: path), path: path, message, suggestion: suggestion))
  }

  private func checkProgram() throws {
    guard let program = plan.command.words.first, !program.hasPrefix("{") else { return }
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let candidates =
      program.contains("/") ? [plan.resolved(program)] : folders.map { "\($0)/\(program)" }
    guard !candidates.contains(where: FileManager.default.isExecutableFile) else { return }
    throw mistake(
      ["command", "0"],
      program.contains("/")
        ? "\(Diagnostic.quote(program)) is no program; paths are relative to the sweep file"
        : "\(Diagnostic.quote(program)) is no program in the folders of PATH")
  }

  private func models() throws(Diagnostics) -> [ModelFile] {
    var models: [ModelFile] = []
    var found: [Diagnostic] = []
    var seen: Set<String> = []
    for variant in plan.variants {
      do throws(Diagnostics) {
        models.append(try ModelFile(variant.model))
      } catch {
        found += error.all.map(located).filter { seen.insert("\($0)").inserted }
      }
    }
    if let diagnostics = Diagnostics(found) { throw diagnostics }
    return models
  }

  /// The diagnostic where the sweep file has it: a parameter's key makes members that no file has.
  private func located(_ diagnostic: Diagnostic) -> Diagnostic {
    guard diagnostic.location == .program else { return diagnostic }
    return Diagnostic(
      at: plan.location(ofParameter: diagnostic.path), path: diagnostic.path, diagnostic.message,
      suggestion: diagnostic.suggestion)
  }

  private func source(_ name: String, key: String) throws(Diagnostics) -> DataSource {
    let source: DataSource
    let path = plan.resolved(name)
    do throws(Diagnostics) {
      source = try DataSource(parsing: path)
    } catch {
      throw mistake(
        [key], error.all.map(\.message).joined(separator: "; "),
        suggestion: error.all.lazy.compactMap(\.suggestion).first)
    }
    if case .scenes = source { return source }
    guard FileManager.default.fileExists(atPath: path) else {
      throw mistake(
        [key],
        "\(Diagnostic.quotePath(path)): no such file beside the sweep file, to which paths are relative"
      )
    }
    return source
  }

  private func opened(_ source: DataSource, key: String) throws -> any DataSet {
    do {
      return try source.open()
    } catch let error as DataError {
      throw mistake([key], "\(error)")
    }
  }

  private func checkMetric(on validation: (any DataSet)?) throws {
    let path: JSONPath = ["metric", "name"]
    let name = plan.metric.name
    if StepSummary.metricNames.contains(name) { return }
    guard let validation else {
      throw mistake(
        path,
        "the trainer measures nothing without images to measure with; give the sweep a \"validation\", or leave a "
          + "part of the data for it, by \"split\""
      )
    }
    let metrics = try DetectionEvaluation.metrics(on: validation)
    let names = metrics.filter(\.hasValue).map(\.name) + StepSummary.metricNames
    guard !names.contains(name) else {
      if name == "RPN_recall" { try checkProposals() }
      return
    }
    let isKnown = metrics.contains { $0.name == name }
    throw mistake(
      path,
      (isKnown
        ? "\(name) has no value on the images to measure with, which have no object of that kind; "
          + "expected one of "
        : "the trainer reports no \(Diagnostic.quote(name)), but ") + names.joined(separator: ", "),
      suggestion: isKnown ? nil : nearestName(to: name, in: names))
  }

  /// Makes sure that early termination has brackets before the end of a training, and none at it.
  private func checkBrackets(_ models: [ModelFile]) throws {
    guard let rule = plan.earlyTermination else { return }
    guard !StepSummary.metricNames.contains(plan.metric.name) else {
      throw mistake(
        ["early_terminate"],
        "needs a metric of evaluations, such as AP50; \(plan.metric.name) is a mean over the steps since the "
          + "line before, which an interruption cuts")
    }
    var mistakes = SharedMistakes()
    for (variant, model) in zip(plan.variants, models) {
      let training = model.training
      let reports =
        training.evaluationInterval.map { (training.steps - 1) / $0 + 1 } ?? 1
      let first = rule.brackets.first ?? 1
      let fact = "\(plan.metric.name) is reported \(reports == 1 ? "once" : "\(reports) times")"
      if reports <= first {
        mistakes.add(
          "early_terminate stops nothing: \(fact), and the first bracket is at \(first); lower "
            + "training.evaluate_every, or the bracket", of: variant.name)
      } else if rule.brackets.contains(reports) {
        mistakes.add(
          "early_terminate has a bracket at the end, where it saves nothing: \(fact); give it "
            + "\"max_iter\": \(reports) with \"s\", or set training.evaluate_every",
          of: variant.name)
      }
    }
    if !mistakes.isEmpty { throw Mistakes(lines: mistakes.lines(of: plan)) }
  }

  private func checkProposals() throws {
    var mistakes = SharedMistakes()
    for variant in plan.variants {
      let recipe = try recipe(of: variant)
      if recipe.objective.stages.last?.priors.sourceStage == nil {
        mistakes.add(
          "RPN_recall has no value: the recipe has no stage on proposals", of: variant.name)
      }
    }
    if !mistakes.isEmpty { throw Mistakes(lines: mistakes.lines(of: plan)) }
  }

  private func recipe(of variant: SweepVariant) throws(Diagnostics) -> DetectionRecipe {
    try DetectionRecipe(variant.recipe, registry: registry, allowsPlugins: allowsPlugins)
  }

  /// Does the first steps of a training, and answers how many seconds the last of them took.
  private mutating func tryOut(
    _ variant: SweepVariant, _ model: ModelFile, _ data: any DataSet, _ steps: Int
  ) throws -> Double? {
    do {
      var trainer = try Trainer(
        try recipe(of: variant).objective, data: data, model: model.model,
        training: model.training, seed: UInt64(plan.seeds.first ?? 0))
      var last = ContinuousClock.now
      for _ in 0..<steps {
        last = .now
        _ = try trainer.advance()
      }
      return (ContinuousClock.now - last) / .seconds(1)
    } catch let failure as StepFailure {
      // A search may well try what fails.
      warnings.add("\(failure)", of: variant.name)
    } catch let error as TrainingError {
      mistakes.add("\(error)", of: variant.name)
    } catch let error as DataError {
      mistakes.add("\(error)", of: variant.name)
    }
    return nil
  }
}

/// Messages, each with the variants that it is about.
struct SharedMistakes {
  private var messages: [(message: String, variants: [String])] = []

  /// Whether there are none.
  var isEmpty: Bool { messages.isEmpty }

  /// Adds a message about a variant.
  mutating func add(_ message: String, of variant: String) {
    if let place = messages.firstIndex(where: { $0.message == message }) {
      messages[place].variants.append(variant)
    } else {
      messages.append((message, [variant]))
    }
  }

  /// A line for each message: `sweep, beta=0.1 and 3 more: …`.
  func lines(of plan: SweepPlan) -> [String] {
    messages.map { message, variants in
      let names =
        variants.count == plan.variants.count && variants.count > 1
        ? "all variants"
        : variants.count < 3
          ? variants.joined(separator: " and ") : "\(variants[0]) and \(variants.count - 1) more"
      return "\(plan.name), \(names): \(message)"
    }
  }
}

private struct Mistakes: LinedError {
  let lines: [String]
}
