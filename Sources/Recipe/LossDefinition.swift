import LossCore
import StrictJSON

extension RecipeReader {
  /// Registers the losses that a recipe, or a file of losses, defines by formulas; false where one can't be.
  ///
  /// - Parameter origin: Where they come from; the place of each where nothing is given.
  mutating func registerLosses(of object: JSONObject, from origin: String? = nil) -> Bool {
    guard let node = object["losses"] else { return true }
    let count = diagnostics.count
    for member in members(of: node, ["losses"], "loss") {
      let path: JSONPath = ["losses", member.key]
      guard let entry = loss(member.key, member.node, path, from: origin) else { continue }
      do throws(DuplicateNameError) {
        try registry.losses.add(entry)
      } catch {
        diagnostics.append(
          Diagnostic(at: member.keyLocation, path: path, "\(error)"))
      }
    }
    return diagnostics.count == count
  }

  /// The loss that a definition makes: the loss `formula` with texts of its own, and parameters that are constants
  /// of these.
  private mutating func loss(
    _ name: String, _ node: JSONNode, _ path: JSONPath, from origin: String?
  ) -> Catalog<any Loss>.Entry? {
    guard let formula = registry.losses["formula"] else {
      report(node, path, "no loss is called formula in this registry, by which others are defined")
      return nil
    }
    guard case .object(let members) = node.value else {
      report(node, path, "expected an object with \"value\", found \(node.value.kind)")
      return nil
    }
    let count = diagnostics.count
    let parameters = members["parameters"].map { node in
      self.parameters(node, path.appending("parameters"))
    }
    let declaration = Declaration(
      name: name,
      summary: optionalString("summary", of: members, path) ?? "A loss that a recipe defines.",
      formula: Self.shown(members),
      source: optionalString("source", of: members, path) ?? "the recipe",
      parameters: parameters ?? [])
    // A parameter that couldn't be read would be missed by the texts.
    guard diagnostics.count == count else { return nil }
    // Made with the defaults, so that what is wrong is told where it stands.
    let values = made(
      formula.declaration, from: members, at: node, path,
      besides: ["summary", "source", "parameters"]
    ) { values throws(ParameterErrors) in
      let defaults = try declaration.resolve([:])
      _ = try formula.make(Self.adding(declaration, defaults, to: values))
      return values
    }
    guard let values, diagnostics.count == count else { return nil }
    return Catalog<any Loss>.Entry(declaration, from: origin ?? "\(node.location)") {
      given throws(ParameterErrors) in
      let parameters = try declaration.resolve(given)
      let loss = try formula.make(Self.adding(declaration, parameters, to: values))
      return (loss as? any RedeclaredLoss)?.declared(as: declaration) ?? loss
    }
  }

  /// The values of `formula` with those of parameters among the constants.
  private static func adding(
    _ declaration: Declaration, _ parameters: Parameters, to values: [String: ParameterValue]
  ) -> [String: ParameterValue] {
    var values = values
    var constants = declaration.parameters.map { Named($0.name, parameters[$0]) }
    if case .object(let own)? = values["constants"] { constants += own }
    values["constants"] = .object(constants)
    return values
  }

  /// The texts of a definition, a line each.
  private static func shown(_ members: JSONObject) -> String {
    func lines(_ key: String) -> [String] {
      (members[key]?.members ?? []).map { "\($0.key) = \(text($0.node))" }
    }
    let derivative = members["derivative"].map { ["derivative = \(text($0))"] } ?? []
    let value = members["value"].map { ["l = \(text($0))"] } ?? []
    return (lines("constants") + lines("let") + value + derivative).joined(separator: "\n")
  }

  private static func text(_ node: JSONNode) -> String {
    node.string ?? node.double.map { "\(ParameterValue.number($0))" } ?? ""
  }

  // MARK: Parameters

  private mutating func parameters(_ node: JSONNode, _ path: JSONPath) -> [AnyParameter] {
    members(of: node, path, "parameter").compactMap { member in
      parameter(member.key, member.node, path.appending(member.key))
    }
  }

  /// A number, which is the default, or an object with `default`, `type`, bounds and `help`.
  private mutating func parameter(
    _ name: String, _ node: JSONNode, _ path: JSONPath
  ) -> AnyParameter? {
    if let number = node.double {
      return AnyParameter(
        name, .number(.any), default: .number(number), help: "A constant of the formula.")
    }
    let keys = ["default", "type", "at_least", "above", "at_most", "help"]
    guard let object = object(node, path, keys: keys),
      let value = required("default", of: object, at: node, path)
    else { return nil }
    let type: NumberType? =
      object["type"].flatMap { choice($0, path.appending("type")) } ?? .number
    func bound(_ key: String) -> Double? {
      object[key].flatMap { self.number($0, path.appending(key), .any) }
    }
    let (least, above, most) = (bound("at_least"), bound("above"), bound("at_most"))
    if least != nil, above != nil {
      report(node, path, "has at_least and above; expected one of both")
    }
    let range = NumberRange(
      lower: above ?? least, lowerIsExcluded: above != nil, upper: most)
    let number = self.number(value, path.appending("default"), range)
    guard let type, let number else { return nil }
    if type == .integer, Int(exactly: number) == nil {
      report(value, path.appending("default"), "is \(number); expected an integer")
      return nil
    }
    return AnyParameter(
      name, type == .integer ? .integer(range) : .number(range),
      default: type == .integer ? Int(exactly: number).map { .integer($0) } : .number(number),
      help: optionalString("help", of: object, path) ?? "A constant of the formula.")
  }

  private enum NumberType: String, CaseIterable {
    case number, integer
  }
}
