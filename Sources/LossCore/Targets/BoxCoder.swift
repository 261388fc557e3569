/// Turns boxes into regression targets and predictions back into boxes.
public protocol BoxCoder: Component {
  /// The four regression targets that lead from `prior` to `box`.
  func encode(_ box: Box, relativeTo prior: Box) -> SIMD4<Float>

  /// The box to which four regression targets lead from `prior`.
  func decode(_ deltas: SIMD4<Float>, relativeTo prior: Box) -> Box
}
