import Foundation
import LossCore
import Recipe
import ResourceLimits
import StrictJSON

/// Turns the JSON of a sweep file into a declaration, and collects everything that is wrong with it.
struct SweepReader: ValueReader {
  static let keys = [
    "$schema", "name", "description", "recipe", "model", "data", "validation", "split", "method",
    "parameters", "list", "run_cap", "random_seed", "seeds", "metric", "early_terminate", "command",
    "time_limit", "grace_time", "concurrency", "tensorboard",
  ]

  var diagnostics: [Diagnostic] = []

  /// The declaration, or `nil` if diagnostics say why not.
  mutating func declaration(_ node: JSONNode, defaultName: String) -> SweepDeclaration? {
    guard let file = object(node, [], keys: Self.keys) else { return nil }
    for key in ["$schema", "recipe", "model"] { _ = optionalString(key, of: file, []) }
    let parameters = parameters(of: file, at: node)
    let method = method(of: file, at: node, parameters)
    let metric = required("metric", of: file, at: node, []).flatMap { self.metric($0) }
    let validation = optionalString("validation", of: file, [])
    let seeds = file["seeds"].map { self.seeds($0) }
    let split = split(of: file)
    let earlyTermination = file["early_terminate"].flatMap {
      self.earlyTermination($0, spendsSeeds: seeds?.rule != nil)
    }
    let declaration = SweepDeclaration(
      name: optionalString("name", of: file, []) ?? defaultName,
      description: optionalString("description", of: file, []),
      recipe: file["recipe"], model: file["model"],
      data: optionalString("data", of: file, []) ?? SweepDeclaration.defaultData,
      validation: validation, split: split, method: method ?? .grid, parameters: parameters,
      seeds: seeds?.all ?? SweepDeclaration.defaultSeeds, seedRule: seeds?.rule,
      metric: metric ?? SweepMetric(name: "", goal: .maximize),
      earlyTermination: earlyTermination,
      command: file["command"].map {
        command($0, hasValidation: validation != nil, hasSplit: split != nil)
      },
      timeLimit: file["time_limit"].flatMap { number($0, ["time_limit"], .above(0)) },
      graceTime: file["grace_time"].flatMap { number($0, ["grace_time"], .between(0, 3600)) }
        ?? SweepDeclaration.defaultGraceTime,
      concurrency: file["concurrency"].flatMap {
        integer($0, ["concurrency"], 1...Limits.trialsAtOnce)
      },
      writesEvents: file["tensorboard"].map { boolean($0, ["tensorboard"]) } ?? false)
    return diagnostics.isEmpty ? declaration : nil
  }

  private mutating func metric(_ node: JSONNode) -> SweepMetric? {
    guard let object = object(node, ["metric"], keys: ["name", "goal"]) else { return nil }
    let name = required("name", of: object, at: node, ["metric"])
      .flatMap { string($0, ["metric", "name"]) }
    let goal: SweepMetric.Goal? = required("goal", of: object, at: node, ["metric"])
      .flatMap { choice($0, ["metric", "goal"]) }
    guard let name, let goal else { return nil }
    return SweepMetric(name: name, goal: goal)
  }

  private mutating func boolean(_ node: JSONNode, _ path: JSONPath) -> Bool {
    if case .bool(let bool) = node.value { return bool }
    report(node, path, "expected true or false, found \(node.value.kind)")
    return false
  }

  private mutating func split(of file: JSONObject) -> Double? {
    guard let node = file["split"],
      let share = number(node, ["split"], .between(0, 1))
    else { return nil }
    if share == 0 || share == 1 {
      report(node, ["split"], "leaves one part empty; expected a share such as 0.8")
    }
    if file["validation"] != nil {
      report(node, ["split"], "and \"validation\" exclude each other; remove one")
    }
    return share
  }

  /// The seeds that may be spent, and how many of them are.
  private mutating func seeds(_ node: JSONNode) -> (all: [Int], rule: SeedRule?) {
    guard case .object = node.value else { return (list(ofSeeds: node), nil) }
    let path: JSONPath = ["seeds"]
    guard let object = object(node, path, keys: ["at_least", "at_most", "until"]) else {
      return ([], nil)
    }
    _ = required("until", of: object, at: node, path)
      .flatMap { choice($0, path.appending("until"), [("distinguished", true)]) }
    let bounds = ["at_least", "at_most"].map { key in
      required(key, of: object, at: node, path)
        .flatMap { integer($0, path.appending(key), 2...Limits.sweepTrials) }
    }
    guard let least = bounds[0], let most = bounds[1] else { return ([], nil) }
    guard least <= most else {
      report(node, path, "at_least is \(least) and at_most \(most); expected at_least ≤ at_most")
      return ([], nil)
    }
    return (Array(1...most), SeedRule(atLeast: least, atMost: most))
  }

  private mutating func list(ofSeeds node: JSONNode) -> [Int] {
    guard case .array(let elements) = node.value, !elements.isEmpty else {
      report(
        node, ["seeds"],
        "expected a list of one or more integers, such as [1, 2, 3], or at_least and at_most")
      return []
    }
    guard isFew(elements.count, Limits.sweepTrials, node, ["seeds"]) else { return [] }
    var seeds: [Int] = []
    for (position, element) in elements.enumerated() {
      let path: JSONPath = ["seeds", "\(position)"]
      guard let seed = integer(element, path, 0...Int.max) else { continue }
      if seeds.contains(seed) { report(element, path, "\(seed) is there twice; remove one") }
      seeds.append(seed)
    }
    return seeds
  }

  private mutating func command(
    _ node: JSONNode, hasValidation: Bool, hasSplit: Bool
  ) -> [String] {
    guard case .array = node.value else {
      report(node, ["command"], "expected a list of words, found \(node.value.kind)")
      return []
    }
    let words = strings(node, ["command"]) ?? []
    let known = TrainerCommand.Placeholder.allCases.map(\.rawValue)
    for (position, word) in words.enumerated() {
      let path: JSONPath = ["command", "\(position)"]
      let place = node.elements.indices.contains(position) ? node.elements[position] : node
      for name in TrainerCommand.placeholders(in: word) {
        if !known.contains(name) {
          report(
            place, path,
            "{\(name)} is unknown; expected one of "
              + known.map { "{\($0)}" }.joined(separator: ", "),
            suggestion: nearestName(to: name, in: known).map { "{\($0)}" })
        } else if name == TrainerCommand.Placeholder.validation.rawValue, !hasValidation {
          report(place, path, "{validation} has no value; give the sweep a \"validation\"")
        } else if name == TrainerCommand.Placeholder.split.rawValue, !hasSplit {
          report(place, path, "{split} has no value; give the sweep a \"split\"")
        }
      }
    }
    let all = words.flatMap { TrainerCommand.placeholders(in: $0) }
    if !words.isEmpty, !all.contains(TrainerCommand.Placeholder.out.rawValue) {
      report(
        node, ["command"],
        "lacks {out}, the folder in which the trainer has to write metrics.jsonl")
    }
    return words
  }

  mutating func integer(_ node: JSONNode, _ path: JSONPath, _ range: ClosedRange<Int>) -> Int? {
    guard case .number(.integer(let integer)) = node.value else {
      report(node, path, "expected an integer, found \(node.value.kind)")
      return nil
    }
    guard let value = Int(exactly: integer), range.contains(value) else {
      let expected =
        range.upperBound == .max
        ? "≥ \(range.lowerBound)" : "\(range.lowerBound) … \(range.upperBound)"
      report(node, path, "is \(integer); expected \(expected)")
      return nil
    }
    return value
  }
}
