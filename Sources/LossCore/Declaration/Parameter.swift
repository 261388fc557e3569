/// One parameter of a component: its name, type, default and help, declared once.
///
/// A parameter is then the key to its own value:
///
/// ```swift
/// static let delta = Parameter(
///   "delta", .number(.above(0)), default: 1, help: "Where the quadratic part ends.")
///
/// static let declaration = Declaration(…, parameters: [delta])
///
/// init(parameters: Parameters) {
///   delta = parameters[Self.delta]
/// }
/// ```
public struct Parameter<Value: Sendable>: DeclaredParameter {
  public let erased: AnyParameter

  /// The value that is stored as another; `nil` if that is none of this type.
  let read: @Sendable (ParameterValue) -> Value?

  /// A parameter that must be given.
  public init(_ name: String, _ type: ParameterType<Value>, help: String) {
    erased = AnyParameter(name, type.kind, default: nil, help: help)
    read = type.read
  }

  /// A parameter that may be left out.
  public init(_ name: String, _ type: ParameterType<Value>, default value: Value, help: String) {
    erased = AnyParameter(name, type.kind, default: type.write(value), help: help)
    read = type.read
  }

  /// A list that may be left out; its default is a single value, which stands for a list of one.
  public init<Element>(
    _ name: String, _ type: ParameterType<Value>, default value: Element, help: String
  ) where Value == [Element] {
    let list = type.write([value])
    let single = if case .list(let values) = list, let first = values.first { first } else { list }
    erased = AnyParameter(name, type.kind, default: single, help: help)
    read = type.read
  }

  /// A parameter that may be left out and then doesn't apply: its value is `nil`, in a recipe `null`.
  public init<Wrapped>(
    _ name: String, _ type: ParameterType<Wrapped>, default: Never?, help: String
  ) where Value == Wrapped? {
    erased = AnyParameter(name, type.kind, default: .null, help: help)
    read = { $0 == .null ? .some(nil) : type.read($0) }
  }
}

/// A parameter of any type, so that a component can list them all.
public protocol DeclaredParameter: Sendable {
  /// The parameter without the type of its value.
  var erased: AnyParameter { get }
}
