import Formula
import LossCore
import Objective
import StrictJSON

/// Turns the JSON of a recipe into an objective, and collects everything that is wrong with it.
package struct RecipeReader: ValueReader {
  var registry: Registry
  let allowsPlugins: Bool
  package var diagnostics: [Diagnostic] = []

  package init(registry: Registry = Registry(), allowsPlugins: Bool = false) {
    self.registry = registry
    self.allowsPlugins = allowsPlugins
  }

  /// The objective, or `nil` if diagnostics say why not.
  mutating func objective(_ node: JSONNode, defaultName: String) -> DetectionObjective? {
    guard
      let recipe = object(
        node, [],
        keys: ["$schema", "name", "description", "extends", "plugins", "losses", "stages"])
    else { return nil }
    // Without its plugins and losses, names of the recipe would be reported that are right.
    guard registerPlugins(of: recipe), registerLosses(of: recipe) else { return nil }
    let name = optionalString("name", of: recipe, []) ?? defaultName
    for key in ["$schema", "description"] { _ = optionalString(key, of: recipe, []) }
    guard let stagesNode = required("stages", of: recipe, at: node, []) else { return nil }
    let stages = writtenOut(members(of: stagesNode, ["stages"], "stage")).map {
      stage($0.name, $0.node, ["stages", $0.key])
    }
    guard diagnostics.isEmpty else { return nil }
    do throws(InputError) {
      return try DetectionObjective(name: name, stages: stages.compactMap(\.self))
    } catch {
      report(stagesNode, ["stages"], "\(error)")
      return nil
    }
  }

  private mutating func stage(_ name: String, _ node: JSONNode, _ path: JSONPath) -> Stage? {
    let keys = [
      "description", "priors", "assigner", "match_costs", "sampler", "coder", "terms",
    ]
    guard let stage = object(node, path, keys: keys) else { return nil }
    _ = optionalString("description", of: stage, path)
    let priors = component("priors", of: stage, at: node, path, registry.priors)
    let assigner = component("assigner", of: stage, at: node, path, registry.assigners)
    let costsPath = path.appending("match_costs")
    let costs = (stage["match_costs"].map { members(of: $0, costsPath, "match cost") } ?? []).map {
      member in matchCost(member.key, member.node, costsPath.appending(member.key))
    }
    let sampler = component("sampler", of: stage, at: node, path, registry.samplers)
    let coder = component("coder", of: stage, at: node, path, registry.coders)
    let termsPath = path.appending("terms")
    let terms = required("terms", of: stage, at: node, path).map { node in
      members(of: node, termsPath, "term").map { member in
        term(member.key, member.node, termsPath.appending(member.key))
      }
    }
    guard let priors, let assigner, let sampler, let coder, let terms else { return nil }
    let result = Stage(
      name: name, priors: priors, assigner: assigner, matchCosts: costs.compactMap(\.self),
      sampler: sampler, coder: coder, terms: terms.compactMap(\.self))
    // Parts that couldn't be read would be missed by others.
    let isWhole = costs.count == result.matchCosts.count && terms.count == result.terms.count
    for (keys, problem) in isWhole ? result.problems : result.termProblems {
      var place = node
      var placePath = path
      for key in keys {
        if case .object(let object) = place.value, let node = object[key] { place = node }
        placePath = placePath.appending(key)
      }
      report(place, placePath, problem)
    }
    return result
  }

  private mutating func matchCost(
    _ name: String, _ node: JSONNode, _ path: JSONPath
  ) -> WeightedMatchCost? {
    guard let cost = object(node, path, keys: ["cost", "weight"]) else { return nil }
    let part = component("cost", of: cost, at: node, path, registry.costs)
    let weight = cost["weight"].map { number($0, path.appending("weight"), .any) } ?? 1
    guard let part, let weight else { return nil }
    return WeightedMatchCost(name: name, cost: part, weight: weight)
  }

  private mutating func term(_ name: String, _ node: JSONNode, _ path: JSONPath) -> Term? {
    let keys = [
      "description", "prediction", "layout", "target", "loss", "background", "normalizer", "weight",
      "inside_weights", "outside_weights", "row_weight",
    ]
    guard let term = object(node, path, keys: keys) else { return nil }
    _ = optionalString("description", of: term, path)
    let predictions = required("prediction", of: term, at: node, path)
      .flatMap { strings($0, path.appending("prediction")) }
    let layout = required("layout", of: term, at: node, path)
      .flatMap { self.layout($0, path.appending("layout")) }
    let target = component("target", of: term, at: node, path, registry.targets)
    let loss = component("loss", of: term, at: node, path, registry.losses)
    let background: BackgroundColumn? = term["background"]
      .flatMap { choice($0, path.appending("background")) }
    let normalizer = required("normalizer", of: term, at: node, path)
      .flatMap { self.normalizer($0, path.appending("normalizer")) }
    let weight = term["weight"].map { number($0, path.appending("weight"), .any) } ?? 1
    let inside = term["inside_weights"].map { weights($0, path.appending("inside_weights")) }
    let outside = term["outside_weights"].map { weights($0, path.appending("outside_weights")) }
    let rowWeight =
      term["row_weight"] == nil
      ? .some(nil)
      : component("row_weight", of: term, at: node, path, registry.rowWeights)
        .map { Optional($0) }
    guard let predictions, let layout, let target, let loss, let normalizer, let weight,
      let rowWeight
    else { return nil }
    return Term(
      name: name, predictions: predictions, layout: layout, target: target, loss: loss,
      background: background, normalizer: normalizer, weight: weight,
      insideWeights: inside ?? nil, outsideWeights: outside ?? nil, rowWeight: rowWeight)
  }

  private mutating func layout(_ node: JSONNode, _ path: JSONPath) -> Layout? {
    guard let text = string(node, path) else { return nil }
    do throws(InputError) {
      return try Layout(text)
    } catch {
      report(node, path, "\(error)")
      return nil
    }
  }

  /// A count by name, a number, or an object with `by`, which may be a row weight, `per`, `floor`,
  /// `image_floor` and `running_mean`.
  private mutating func normalizer(_ node: JSONNode, _ path: JSONPath) -> Normalizer? {
    guard case .object = node.value else {
      return count(node, path).map { Normalizer($0) }
    }
    guard
      let object = object(node, path, keys: ["by", "per", "floor", "image_floor", "running_mean"])
    else {
      return nil
    }
    let count: Normalizer.Count? = required("by", of: object, at: node, path)
      .flatMap { by in
        guard case .object = by.value else { return self.count(by, path.appending("by")) }
        return component("by", of: object, at: node, path, registry.rowWeights)
          .map { .rowWeight($0) }
      }
    let scope: Normalizer.Scope? = object["per"].flatMap { choice($0, path.appending("per")) }
    let floor = object["floor"].map { number($0, path.appending("floor"), .atLeast(0)) } ?? 0
    let imageFloor =
      object["image_floor"].map { number($0, path.appending("image_floor"), .atLeast(0)) } ?? 0
    let mean = object["running_mean"].map { runningMean($0, path.appending("running_mean")) }
    guard let count, let floor, let imageFloor else { return nil }
    return Normalizer(
      count, per: scope ?? .batch, floor: floor, imageFloor: imageFloor, runningMean: mean ?? nil)
  }

  private mutating func runningMean(
    _ node: JSONNode, _ path: JSONPath
  ) -> Normalizer.RunningMean? {
    guard let object = object(node, path, keys: ["initial", "momentum"]) else { return nil }
    let initial = required("initial", of: object, at: node, path)
      .flatMap { number($0, path.appending("initial"), .above(0)) }
    let momentum =
      object["momentum"].map { number($0, path.appending("momentum"), .between(0, 1)) } ?? 0.9
    guard let initial, let momentum else { return nil }
    return Normalizer.RunningMean(initial: initial, momentum: momentum)
  }

  /// What can be counted, by name: row weights among it that need no parameters.
  private var counts: [(name: String, value: Normalizer.Count)] {
    Normalizer.Count.named.map { ($0.name, $0.count) }
      + registry.rowWeights.entries.compactMap { entry in
        (try? entry.make([:])).map { (entry.declaration.name, .rowWeight($0)) }
      }
  }

  private mutating func count(_ node: JSONNode, _ path: JSONPath) -> Normalizer.Count? {
    switch node.value {
    case .number:
      return number(node, path, .above(0)).map { .constant($0) }
    case .string(let text):
      // What isn't a name can only be a formula of numbers.
      return text.unicodeScalars.contains { "0123456789(".unicodeScalars.contains($0) }
        ? divisor(text, node, path) : choice(node, path, counts)
    default:
      let names = counts.map(\.name)
      report(
        node, path,
        "expected a number or one of \(names.joined(separator: ", ")), found \(node.value.kind)")
      return nil
    }
  }

  /// A divisor by a formula of numbers.
  private mutating func divisor(
    _ text: String, _ node: JSONNode, _ path: JSONPath
  ) -> Normalizer.Count? {
    do throws(FormulaErrors) {
      let formula = try Formula(value: text, variables: [])
      let number = formula.evaluate([:] as [String: Double]).value
      guard number > 0, number.isFinite else {
        report(node, path, "is \(number); expected a number > 0")
        return nil
      }
      return .constant(number)
    } catch {
      for error in error.all { report(node, path, ParameterError(error)) }
      return nil
    }
  }

  private mutating func weights(_ node: JSONNode, _ path: JSONPath) -> [Double]? {
    guard case .array(let elements) = node.value else {
      report(node, path, "expected a list of 4 numbers, found \(node.value.kind)")
      return nil
    }
    let numbers = elements.enumerated().compactMap { index, element in
      number(element, path.appending(index), .any)
    }
    return numbers.count == elements.count ? numbers : nil
  }
}
