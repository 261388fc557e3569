import Foundation
import StrictJSON

/// What the results in a folder are results of, as its `sweep.json` keeps it:
///
///     { "format": 2, "data": …, "validation": …, "split": …, "command": …, "base": { "recipe": …, "model": … },
///       "variants": { "7c2f…": { "name": …, "settings": …, "recipe": …, "model": … } },
///       "trials": ["7c2f…-1", …] }
///
/// A trial is known by what it is: its variant's meaning and its seed. Its place in `trials` is the number
/// of its folder. The list only grows, so that a number keeps its trial, whatever the sweep file says later.
struct SweepDefinition {
  /// What all results depend on; see `SweepPlan.meaning`.
  var meaning: JSONNode
  /// The variants by their ids.
  var variants = JSONObject()
  /// The ids of the trials, by number.
  private(set) var trials: [String] = []
  private var numbers: [String: Int] = [:]
  /// Whether the folder is of a version that kept no base.
  private var lacksBase = false

  private static let format: JSONNode = 2

  /// No variants and no trials.
  init(meaning: JSONNode) { self.meaning = meaning }

  /// Reads what ``node`` writes, or what the version before wrote, which knew trials by their places.
  init?(_ node: JSONNode) {
    guard case .object(let file) = node.value, let variants = file["variants"] else { return nil }
    let keys = ["command", "data", "validation", "split", "base"]
    var meaning = JSONObject()
    for key in keys { if let value = file[key] { meaning.set(key, to: value) } }
    if file["format"] == Self.format, let trials = file["trials"] {
      self.init(meaning: JSONNode(meaning))
      self.variants = JSONObject()
      for member in variants.members { self.variants.set(member.key, to: member.node) }
      for id in trials.elements {
        guard let id = id.string else { return nil }
        add(id)
      }
      return
    }
    guard file["format"] == nil, file["metric"] != nil, let seeds = file["seeds"] else {
      return nil
    }
    let isStandard = [true, false].contains {
      file["command"]?.elements.compactMap(\.string) == TrainerCommand.standard(hasValidation: $0)
    }
    self.init(meaning: JSONNode(meaning).merging(patch: isStandard ? ["command": .null] : [:]))
    lacksBase = true
    var ids: [String] = []
    let placed = variants.members.sorted {
      $0.node["position"]?.double ?? 0 < $1.node["position"]?.double ?? 0
    }
    for member in placed {
      guard let recipe = member.node["recipe"], let model = member.node["model"] else { return nil }
      let id = Meaning.id(sweep: self.meaning, recipe: recipe, model: model)
      ids.append(id)
      self.variants.set(
        id, to: ["name": JSONNode(member.key), "recipe": recipe, "model": model])
    }
    for seed in seeds.elements { for id in ids { add("\(id)-\(seed.compactText)") } }
  }

  /// The definition as `sweep.json` has it.
  var node: JSONNode {
    var file = JSONObject()
    file.set("format", to: Self.format)
    for member in meaning.members { file.set(member.key, to: member.node) }
    file.set("variants", to: JSONNode(variants))
    file.set("trials", to: JSONNode(trials.map { JSONNode($0) }))
    return JSONNode(file)
  }

  /// The number of the trial with this id, if the folder knows it.
  func number(of id: String) -> Int? { numbers[id] }

  /// Adds the variants and trials of a plan that aren't known, and answers the plan with the numbers of
  /// its trials.
  mutating func add(_ plan: SweepPlan) -> SweepPlan {
    for variant in plan.variants where variants[variant.id] == nil {
      variants.set(
        variant.id,
        to: [
          "name": JSONNode(variant.name), "settings": variant.settingsNode,
          "recipe": variant.recipe, "model": variant.model,
        ])
    }
    for trial in plan.trials { add(trial.id) }
    var plan = plan
    plan.numbers = plan.trials.map { numbers[$0.id] ?? 0 }
    // A folder that no sweep grew in.
    if plan.numbers == Array(0..<plan.trialCount) { plan.numbers = nil }
    return plan
  }

  private mutating func add(_ id: String) {
    guard numbers[id] == nil else { return }
    numbers[id] = trials.count
    trials.append(id)
  }

  /// In what the results of `plan` mean something else: the trainer, the data or the base, or else a
  /// variant with the same settings. Empty where it has only more or fewer variants and seeds.
  func differences(to plan: SweepPlan) -> [JSONDifference] {
    let new = lacksBase ? plan.meaning.merging(patch: ["base": .null]) : plan.meaning
    let differences = JSONDifference.all(from: meaning, to: new)
    guard differences.isEmpty else { return differences }
    let changed = plan.variants.filter { variants[$0.id] == nil }.flatMap { variant in
      let settings = variant.settingsNode
      let old = variants.members.first {
        let name = $0.node["settings"] == nil ? JSONNode(variant.name) : nil
        return $0.node["settings"] == settings || name == $0.node["name"]
      }
      return ["recipe", "model"].flatMap { part in
        old.map { JSONDifference.all(from: $0.node[part], to: variant.node(part), at: [part]) }
          ?? []
      }
    }
    // Many variants have one change in common.
    var seen: Set<String> = []
    return changed.filter {
      ![["recipe", "name"], ["recipe", "description"]].contains($0.path)
        && seen.insert("\($0)").inserted
    }
  }
}

extension SweepVariant {
  /// The settings by their paths.
  var settingsNode: JSONNode {
    var object = JSONObject()
    for setting in settings { object.set(setting.path.description, to: setting.node) }
    return JSONNode(object)
  }

  fileprivate func node(_ part: String) -> JSONNode { part == "recipe" ? recipe : model }
}
