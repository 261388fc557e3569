/// The weight of each class of a class loss, declared and checked once for all such losses.
public struct ClassWeights: Sendable {
  /// The parameter `class_weights`.
  public static let parameter = Parameter(
    "class_weights", .list(of: .number(.atLeast(0))), default: nil,
    help: "Weight of each class, one a column; null weighs all 1.")

  /// The weight of each class; `nil` if all weigh 1.
  public let weights: [Double]?

  /// Reads `class_weights`.
  public init(_ parameters: Parameters) {
    weights = parameters[Self.parameter]
  }

  /// The weight of a class; 1 where it has none, which ``check(width:)`` reports.
  @inlinable @inline(__always)
  public subscript(target: Int) -> Double {
    guard let weights, target >= 0, target < weights.count else { return 1 }
    return weights[target]
  }

  /// Checks that there is a weight for each class.
  ///
  /// - Throws: ``InputError`` where there are more or fewer weights than columns.
  public func check(width: Int) throws(InputError) {
    guard let weights, weights.count != width else { return }
    throw InputError("class_weights", "has \(weights.count) weights for \(width) columns")
  }
}
