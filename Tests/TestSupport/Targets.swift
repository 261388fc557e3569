import LossKit

// Targets without parameters, for tests that say which one in a word.

extension Target where Self == ObjectnessTarget {
  /// Whether a prior holds an object.
  public static var objectness: Self { ObjectnessTarget(parameters: noParameters) }
}

extension Target where Self == ClassTarget {
  /// The class of what a prior is matched to.
  public static var `class`: Self { ClassTarget(parameters: noParameters) }
}

extension Target where Self == BoxTarget {
  /// The matched box, encoded.
  public static var box: Self { BoxTarget(parameters: noParameters) }
}

extension Target where Self == DecodedBoxTarget {
  /// The matched box itself.
  public static var decodedBox: Self { DecodedBoxTarget(parameters: noParameters) }
}

extension Target where Self == CenternessTarget {
  /// The centerness in the matched box.
  public static var centerness: Self { CenternessTarget(parameters: noParameters) }
}

/// The parameters of a component that has none.
private let noParameters: Parameters = {
  guard let parameters = try? CenternessTarget.declaration.resolve([:]) else {
    preconditionFailure()
  }
  return parameters
}()
