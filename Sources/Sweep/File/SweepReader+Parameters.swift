import LossCore
import Recipe
import ResourceLimits
import StrictJSON

extension SweepReader {
  /// The parameters in the order of the file.
  mutating func parameters(of file: JSONObject, at node: JSONNode) -> [SweepParameter] {
    guard let parameters = file["parameters"] else {
      if file["list"] == nil { _ = required("parameters", of: file, at: node, []) }
      return []
    }
    let members = members(of: parameters, ["parameters"], "parameter")
    guard isFew(members.count, Limits.sweepParameters, parameters, ["parameters"]) else {
      return []
    }
    return members.compactMap { member in
      let path: JSONPath = ["parameters", member.key]
      let target = target(member.key, at: member.keyLocation, path)
      let domain = domain(member.node, path)
      guard let target, let domain else { return nil }
      return SweepParameter(
        path: target.path, place: target.place, domain: domain, location: member.keyLocation)
    }
  }

  /// How the parameters are combined.
  mutating func method(
    of file: JSONObject, at node: JSONNode, _ parameters: [SweepParameter]
  ) -> SweepDeclaration.Method? {
    let methods = ["grid", "random", "list"].map { ($0, $0) }
    guard
      let name: String = required("method", of: file, at: node, [])
        .flatMap({ choice($0, ["method"], methods) })
    else { return nil }
    for (key, owner) in [("list", "list"), ("run_cap", "random"), ("random_seed", "random")] {
      if let value = file[key], name != owner {
        report(value, [key], "belongs to the method \(owner), and the method is \(name)")
      }
    }
    switch name {
    case "random":
      let cap = required("run_cap", of: file, at: node, [])
        .flatMap { integer($0, ["run_cap"], 1...Limits.sweepTrials) }
      let seed = file["random_seed"].map { integer($0, ["random_seed"], 0...Int.max) } ?? 0
      guard let cap, let seed else { return nil }
      return .random(cap: cap, seed: UInt64(seed))
    case "list":
      for parameter in parameters where !parameter.isConstant {
        diagnostics.append(
          Diagnostic(
            at: parameter.location, path: ["parameters", "\(parameter.path)"],
            "the method list takes varying values from \"list\"; here only \"value\" is known"))
      }
      return required("list", of: file, at: node, []).map { .list(list($0)) }
    default:
      for parameter in parameters {
        let problem: String
        switch parameter.domain {
        case .number: problem = "has no values for a distribution"
        case .values(_, probabilities: .some): problem = "takes each value once"
        default: continue
        }
        diagnostics.append(
          Diagnostic(
            at: parameter.location, path: ["parameters", "\(parameter.path)"],
            "a grid \(problem); list \"values\" alone, or use the method random"))
      }
      return .grid
    }
  }

  private mutating func list(_ node: JSONNode) -> [[SweepSetting]] {
    guard case .array(let elements) = node.value, !elements.isEmpty else {
      report(node, ["list"], "expected a list of one or more objects with values by path")
      return []
    }
    let keys = Set(elements.lazy.flatMap { $0.members.map(\.key) })
    guard isFew(elements.count, Limits.sweepTrials, node, ["list"]),
      isFew(keys.count, Limits.sweepParameters, node, ["list"])
    else { return [] }
    return elements.enumerated().map { position, element in
      let path: JSONPath = ["list", "\(position)"]
      return members(of: element, path, "value").compactMap { member in
        let memberPath = path.appending(member.key)
        guard let target = target(member.key, at: member.keyLocation, memberPath) else {
          return nil
        }
        return SweepSetting(path: target.path, node: member.node)
      }
    }
  }

  /// The path that a key writes, and what it leads into.
  private mutating func target(
    _ key: String, at location: SourceLocation, _ path: JSONPath
  ) -> (path: JSONPath, place: SweepParameter.Place)? {
    let target: JSONPath
    do throws(Diagnostics) {
      target = try JSONPath(parsing: key, at: location)
    } catch {
      diagnostics += error.all
      return nil
    }
    let first = target.components.first ?? ""
    let places = SweepParameter.Place.allCases.map(\.rawValue)
    guard let place = SweepParameter.Place(rawValue: first) else {
      diagnostics.append(
        Diagnostic(
          at: location, path: path,
          "unknown path; expected recipe, or a path that begins with stages, model or training",
          suggestion: nearestName(to: first, in: places)))
      return nil
    }
    guard (place == .recipe) == (target.components.count == 1) else {
      let message =
        place == .recipe
        ? "recipe stands for a whole recipe; a path in it begins with stages"
        : "names no value; go on behind the name, as in \(first).weight"
      diagnostics.append(Diagnostic(at: location, path: path, message))
      return nil
    }
    return (target, place)
  }

  private mutating func domain(_ node: JSONNode, _ path: JSONPath) -> SweepParameter.Domain? {
    let owners = [
      "value": ["value"], "values": ["values", "probabilities"],
      "min": ["min", "max", "distribution", "q"], "mu": ["mu", "sigma", "distribution", "q"],
    ]
    let keys = [
      "value", "values", "probabilities", "min", "max", "mu", "sigma", "distribution", "q",
    ]
    guard let object = object(node, path, keys: keys) else { return nil }
    let given = ["value", "values", "min", "mu"].filter { object[$0] != nil }
    guard given.count == 1, let owner = given.first else {
      report(
        node, path,
        "expected one of \"value\", \"values\", \"min\" with \"max\", and \"mu\" with \"sigma\"")
      return nil
    }
    for key in keys where owners[owner]?.contains(key) == false {
      if let other = object[key] {
        report(other, path.appending(key), "doesn't belong to \"\(owner)\"; remove one of the two")
      }
    }
    if let value = object["value"] { return .constant(value) }
    guard let values = object["values"] else { return number(object, at: node, path) }
    let all = self.values(values, path.appending("values"))
    let probabilities = object["probabilities"].map {
      self.probabilities($0, count: values.elements.count, path.appending("probabilities"))
    }
    return all.map { .values($0, probabilities: probabilities) }
  }

  private mutating func probabilities(
    _ node: JSONNode, count: Int, _ path: JSONPath
  ) -> [Double] {
    let all = node.elements.enumerated().compactMap { position, element in
      number(element, path.appending(position), .between(0, 1))
    }
    if node.elements.count != count || abs(all.reduce(0, +) - 1) > 1e-6 {
      report(node, path, "expected a probability for each of the values, of sum 1")
    }
    return all
  }

  private mutating func values(_ node: JSONNode, _ path: JSONPath) -> [JSONNode]? {
    guard case .array(let elements) = node.value else {
      report(node, path, "expected a list, found \(node.value.kind)")
      return nil
    }
    if elements.isEmpty { report(node, path, "is empty; expected at least one value") }
    guard isFew(elements.count, Limits.sweepTrials, node, path) else { return nil }
    for (position, element) in elements.enumerated()
    where elements[..<position].contains(element) {
      report(element, path.appending(position), "is there twice; remove one")
    }
    return elements
  }

  /// Whether there are no more than `most` things here, which is reported otherwise.
  mutating func isFew(_ count: Int, _ most: Int, _ node: JSONNode, _ path: JSONPath) -> Bool {
    if count > most { report(node, path, "has \(count) of them; a sweep has at most \(most)") }
    return count <= most
  }

  private mutating func number(
    _ object: JSONObject, at node: JSONNode, _ path: JSONPath
  ) -> SweepParameter.Domain? {
    let isNormal = object["mu"] != nil
    let keys = isNormal ? ["mu", "sigma"] : ["min", "max"]
    let numbers = keys.map { key in
      required(key, of: object, at: node, path).flatMap {
        number($0, path.appending(key), key == "sigma" ? .above(0) : .any)
      }
    }
    guard let first = numbers[0], let second = numbers[1] else { return nil }
    let isWhole = keys.allSatisfy {
      if case .number(.integer)? = object[$0]?.value { true } else { false }
    }
    var distribution: SweepParameter.Distribution =
      isNormal ? .normal : isWhole ? .integerUniform : .uniform
    if let node = object["distribution"] {
      guard let chosen: SweepParameter.Distribution = choice(node, path.appending("distribution"))
      else { return nil }
      distribution = chosen
    }
    guard distribution.isNormal == isNormal else {
      report(
        node, path,
        "\(distribution.rawValue) takes "
          + (isNormal ? "\"min\" and \"max\"" : "\"mu\" and \"sigma\""))
      return nil
    }
    if !isNormal { checkBounds(first, second, isWhole: isWhole, distribution, node, path) }
    return .number(distribution, first, second, step: step(distribution, object, at: node, path))
  }

  /// What numbers are multiples of, where the distribution says so.
  private mutating func step(
    _ distribution: SweepParameter.Distribution, _ object: JSONObject, at node: JSONNode,
    _ path: JSONPath
  ) -> JSONNode? {
    guard distribution.isQuantized else {
      if let step = object["q"] {
        report(step, path.appending("q"), "belongs to the distributions that begin with q_")
      }
      return nil
    }
    let step = required("q", of: object, at: node, path)
    return step.flatMap { number($0, path.appending("q"), .above(0)) } == nil ? nil : step
  }

  private mutating func checkBounds(
    _ minimum: Double, _ maximum: Double, isWhole: Bool,
    _ distribution: SweepParameter.Distribution, _ node: JSONNode, _ path: JSONPath
  ) {
    if maximum < minimum || !(maximum - minimum).isFinite {
      report(node, path, "min is \(minimum) and max \(maximum); expected min ≤ max")
    } else if distribution.isLogarithmic, minimum <= 0 {
      report(
        node, path,
        "\(distribution.rawValue) takes the values themselves, above 0; min is \(minimum)")
    } else if distribution == .integerUniform,
      !isWhole || max(abs(minimum), abs(maximum)) > SweepPlan.largestInteger
    {
      report(node, path, "int_uniform takes integers below 2⁵³ in magnitude")
    }
  }
}
