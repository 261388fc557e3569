/// A part of an objective that is chosen by name and set by parameters.
///
/// ``ComponentKind`` has the kinds: ``Loss``, ``PriorGenerator``, ``Assigner``, ``MatchCost``, ``Sampler``,
/// ``BoxCoder``, ``Target`` and ``RowWeight``.
public protocol Component: Sendable {
  /// The name, formula, source and parameters.
  static var declaration: Declaration { get }

  /// The declaration of this one, which differs from the type's where one type stands for several
  /// components, such as those of shared libraries.
  var declaration: Declaration { get }

  /// Makes the component from checked parameters.
  ///
  /// - Throws: ``ParameterError`` where values that are valid each by itself don't go together.
  init(parameters: Parameters) throws(ParameterError)
}

extension Component {
  public var declaration: Declaration { Self.declaration }

  /// Makes the component from the given values and the defaults of the rest:
  /// `try SmoothL1Loss(["beta": 0.1])`.
  ///
  /// - Throws: ``ParameterErrors`` with everything that is wrong with the values.
  public init(_ values: [String: ParameterValue] = [:]) throws(ParameterErrors) {
    let parameters = try Self.declaration.resolve(values)
    do throws(ParameterError) {
      try self.init(parameters: parameters)
    } catch {
      throw ParameterErrors(component: Self.declaration.name, errors: [error])
    }
  }
}
