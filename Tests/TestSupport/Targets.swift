import LossKit

// Targets with default parameters, for tests that say which one in a word.

extension Target where Self == ObjectnessTarget {
  /// Whether a prior holds an object.
  public static var objectness: Self { ObjectnessTarget(parameters: defaults(of: Self.self)) }
}

extension Target where Self == ClassTarget {
  /// The class of what a prior is matched to.
  public static var `class`: Self { ClassTarget(parameters: defaults(of: Self.self)) }
}

extension Target where Self == BoxTarget {
  /// The matched box, encoded.
  public static var box: Self { BoxTarget(parameters: defaults(of: Self.self)) }
}

extension Target where Self == DecodedBoxTarget {
  /// The matched box itself.
  public static var decodedBox: Self { DecodedBoxTarget(parameters: defaults(of: Self.self)) }
}

extension Target where Self == CenternessTarget {
  /// The centerness in the matched box.
  public static var centerness: Self { CenternessTarget(parameters: defaults(of: Self.self)) }
}

/// The parameters of a component that is given none.
private func defaults(of type: any Component.Type) -> Parameters {
  guard let parameters = try? type.declaration.resolve([:]) else { preconditionFailure() }
  return parameters
}
