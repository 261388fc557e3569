/// The checked parameters of one component: a value for each that it declares.
///
/// Made by ``Declaration/resolve(_:)``.
public struct Parameters: Sendable, Equatable {
  private let values: [String: ParameterValue]

  init(_ values: [String: ParameterValue]) {
    self.values = values
  }

  /// The value of a parameter, which the component must have declared: the process ends if it hasn't.
  public subscript<Value>(parameter: Parameter<Value>) -> Value {
    value(of: parameter.erased, read: parameter.read)
  }

  /// The value of a parameter that was declared at run time.
  public subscript(parameter: AnyParameter) -> ParameterValue {
    value(of: parameter) { $0 }
  }

  private func value<Value>(
    of parameter: AnyParameter, read: (ParameterValue) -> Value?
  ) -> Value {
    guard let value = values[parameter.name].flatMap(read) else {
      fatalError(
        "\"\(parameter.name)\" is read as \(parameter.kind), and isn't declared so; list it in the "
          + "component's `declaration`, under `parameters`")
    }
    return value
  }
}
