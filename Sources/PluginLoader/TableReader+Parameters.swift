import LossCore
import PluginABI
import ResourceLimits

extension TableReader {
  /// The declarations of a part's parameters, checked.
  func parameters(
    of component: losskit_component, _ place: String
  ) throws(PluginError) -> [AnyParameter] {
    if component.parameter_count == 0 { return [] }
    var parameters: [AnyParameter] = []
    for (index, parameter) in try elements(
      component.parameters, component.parameter_count, "\(place).parameters",
      most: Limits.pluginParameters
    ).enumerated() {
      let place = "\(place).parameters[\(index)]"
      let name = try name(parameter.name, "\(place).name")
      guard name != "type", !parameters.contains(where: { $0.name == name }) else {
        throw error("\(place).name", "is \"\(name)\", which is taken")
      }
      parameters.append(try self.parameter(parameter, name, place))
    }
    return parameters
  }

  private func parameter(
    _ parameter: losskit_parameter, _ name: String, _ place: String
  ) throws(PluginError) -> AnyParameter {
    let kind = try kind(of: parameter, place)
    let help = try text(parameter.meaning, "\(place).meaning")
    guard let start = parameter.default_value else {
      return AnyParameter(name, kind, default: nil, help: help)
    }
    let defaultPlace = "\(place).default_value"
    let value = try elements(start, 1, defaultPlace, most: 1)[0]
    guard value.type == parameter.type || value.type == LOSSKIT_NULL else {
      throw error(
        defaultPlace, "is of type \(value.type); expected the parameter's, \(parameter.type)")
    }
    let declared = AnyParameter(
      name, kind, default: try self.value(value, defaultPlace), help: help)
    do throws(ParameterError) {
      if let value = declared.defaultValue { _ = try declared.resolve(value) }
    } catch {
      throw self.error(defaultPlace, error.problem)
    }
    return declared
  }

  private func kind(
    of parameter: losskit_parameter, _ place: String
  ) throws(PluginError) -> ParameterKind {
    let range = try range(of: parameter, place)
    switch parameter.type {
    case LOSSKIT_NUMBER: return .number(range)
    case LOSSKIT_INTEGER: return .integer(range)
    case LOSSKIT_BOOLEAN: return .boolean
    case LOSSKIT_TEXT: return .string
    case LOSSKIT_CHOICE: return .choice(try choices(of: parameter, "\(place).choices"))
    case LOSSKIT_NUMBERS:
      guard (0...Limits.listElements).contains(parameter.count) else {
        throw error(
          "\(place).count",
          "is \(UInt(bitPattern: parameter.count)); expected 0 to \(Limits.listElements)")
      }
      return .list(of: .number(range), count: parameter.count == 0 ? nil : parameter.count)
    default:
      throw error(
        "\(place).type",
        "is \(parameter.type); expected LOSSKIT_NUMBER, LOSSKIT_INTEGER, LOSSKIT_BOOLEAN, "
          + "LOSSKIT_CHOICE, LOSSKIT_TEXT or LOSSKIT_NUMBERS")
    }
  }

  private func range(
    of parameter: losskit_parameter, _ place: String
  ) throws(PluginError) -> NumberRange {
    let bounds = parameter.bounds
    let hasNumbers = [LOSSKIT_NUMBER, LOSSKIT_INTEGER, LOSSKIT_NUMBERS].contains(parameter.type)
    let below = bounds & (LOSSKIT_AT_LEAST | LOSSKIT_ABOVE)
    guard bounds & ~(LOSSKIT_AT_LEAST | LOSSKIT_ABOVE | LOSSKIT_AT_MOST) == 0,
      below != LOSSKIT_AT_LEAST | LOSSKIT_ABOVE
    else {
      throw error(
        "\(place).bounds",
        "is \(bounds); expected LOSSKIT_AT_LEAST or LOSSKIT_ABOVE, LOSSKIT_AT_MOST, or a sum")
    }
    guard bounds == 0 || hasNumbers else {
      throw error("\(place).bounds", "is \(bounds); expected 0 for a parameter without numbers")
    }
    let lower = below == 0 ? nil : parameter.minimum
    let upper = bounds & LOSSKIT_AT_MOST == 0 ? nil : parameter.maximum
    guard lower?.isFinite != false, upper?.isFinite != false, lower ?? 0 <= upper ?? lower ?? 0
    else {
      throw error(
        place,
        "has the minimum \(parameter.minimum) and the maximum \(parameter.maximum); expected "
          + "finite bounds with something between")
    }
    return NumberRange(lower: lower, lowerIsExcluded: below == LOSSKIT_ABOVE, upper: upper)
  }

  private func choices(
    of parameter: losskit_parameter, _ place: String
  ) throws(PluginError) -> [String] {
    var choices: [String] = []
    for (index, choice) in try elements(
      parameter.choices, parameter.choice_count, place, most: Limits.pluginChoices
    ).enumerated() {
      let choice = try text(choice, "\(place)[\(index)]")
      guard !choices.contains(choice) else {
        throw error("\(place)[\(index)]", "is \"\(choice)\" again; expected each text once")
      }
      choices.append(choice)
    }
    return choices
  }

  private func value(_ value: losskit_value, _ place: String) throws(PluginError) -> ParameterValue
  {
    switch value.type {
    case LOSSKIT_NUMBER: return .number(value.number)
    case LOSSKIT_INTEGER: return .integer(Int(value.integer))
    case LOSSKIT_BOOLEAN:
      guard (0...1).contains(value.integer) else {
        throw error(place, "is \(value.integer); expected 0 or 1 in `integer`")
      }
      return .boolean(value.integer == 1)
    case LOSSKIT_CHOICE, LOSSKIT_TEXT: return .string(try text(value.text, "\(place)->text"))
    case LOSSKIT_NUMBERS:
      return .list(
        try elements(value.numbers, value.count, "\(place)->numbers", most: Limits.listElements)
          .map { .number($0) })
    default: return .null
    }
  }
}
