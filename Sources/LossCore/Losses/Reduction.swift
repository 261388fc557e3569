/// How the values of a loss become one number.
public enum Reduction: String, Sendable, CaseIterable {
  /// The values stay apart; the gradient is that of their sum.
  case none
  /// The sum of the weighted values.
  case sum
  /// The sum divided by the number of values: rows that aren't left out, or elements.
  case mean
  /// The sum divided by the sum of the weights, class weights included, as PyTorch's cross-entropy
  /// does it.
  case weightedMean = "weighted_mean"
  /// The values of a row are added up, and the rows stay apart.
  case sumPerRow = "sum_per_row"
}
