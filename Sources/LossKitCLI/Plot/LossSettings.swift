import CommandLineKit
import LossKit
import Plots

extension Invocation {
  /// The losses that are named, each with every combination of the values that are set for its parameters.
  ///
  /// - Throws: `UsageError` where there is no such loss, a parameter is of none of them, a value is wrong, or they
  ///   are more than a picture has curves.
  func plottedLosses(
    _ names: [String], settings: [JSONSetting]
  ) throws -> [PlottedLoss] {
    func checkCount(_ count: Int) throws {
      guard count <= PlotSheet.styles else {
        throw UsageError(
          "asks for \(count) curves or more; a picture has \(PlotSheet.styles) at most")
      }
    }
    try checkCount(names.count)
    let losses = try registry.losses
    let entries = try names.map { name in
      let entry = try losses.loss(
        named: name, recipeHint: "'losskit plot targets' draws what a recipe matches")
      return (name: name, entry: entry, parameters: Set(entry.declaration.parameters.map(\.name)))
    }
    var values: [(name: String, value: ParameterValue)] = []
    for setting in settings {
      let (name, value) = try setting.parameter
      let known = entries.reduce(into: Set<String>()) { $0.formUnion($1.parameters) }
      guard known.contains(name) else {
        throw UsageError(
          "--set: no parameter of these losses is called \(Diagnostic.quote(name))",
          suggestion: nearestName(to: name, in: known.sorted()))
      }
      values.append((name, value))
    }
    let plotted = try entries.flatMap { name, entry, parameters in
      var combinations: [[(name: String, value: ParameterValue)]] = [[]]
      for parameter in Set(values.map(\.name)).intersection(parameters).sorted() {
        let choices = values.filter { $0.name == parameter }
        combinations = combinations.flatMap { chosen in choices.map { chosen + [$0] } }
        try checkCount(combinations.count)
      }
      return try combinations.map { chosen in
        let label = [name] + chosen.map { "\($0.name)=\($0.value)" }
        return PlottedLoss(
          name: label.joined(separator: " "),
          loss: try made(entry, Dictionary(chosen.map { ($0.name, $0.value) }) { $1 }))
      }
    }
    try checkCount(plotted.count)
    return plotted
  }
}

extension Catalog<any Loss> {
  /// The loss of a name that the user typed.
  ///
  /// - Parameter recipeHint: What to do if the name is a recipe's.
  func loss(named name: String, recipeHint: String? = nil) throws(UsageError) -> Entry {
    guard let entry = self[name] else {
      let isRecipe = name.hasSuffix(".json") || DetectionRecipe.shippedNames.contains(name)
      let hint = isRecipe ? recipeHint : nil
      throw UsageError(
        "no loss is called \(Diagnostic.quote(name)); \(hint ?? "'losskit list loss' shows all")",
        suggestion: nearestName(to: name, in: names))
    }
    return entry
  }
}

extension JSONSetting {
  /// The parameter of a loss that the user set.
  var parameter: (name: String, value: ParameterValue) {
    get throws(UsageError) {
      guard let name = path.components.first, path.components.count == 1,
        let value = ParameterValue(node)
      else {
        throw UsageError("--set: expected name=value, such as beta=0.1, not \(path)")
      }
      return (name, value)
    }
  }
}
