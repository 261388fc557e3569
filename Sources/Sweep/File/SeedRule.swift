/// How many seeds a sweep spends, where the results decide that.
public struct SeedRule: Sendable, Equatable {
  /// The fewest that each variant is trained with.
  public let atLeast: Int
  /// The most.
  public let atMost: Int
}
