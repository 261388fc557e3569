import Foundation

/// A test of whether differences are 0 on average that may be looked at after each of them, and for as long
/// as one likes: the chance that its p-value is ever at most α is α at most, where they are.
///
/// The p-value is 1 / max eₙ over all n so far. eₙ is the likelihood of the first n differences, up to
/// their scale, where their mean is δ standard deviations and δ is normal with variance g, over their
/// likelihood where δ is 0:
///
///     eₙ = (1 + n g)^(−1/2) · ((S + A) / (S + A / (1 + n g)))^(n/2),  A = n · mean²,  S = Σ (d − mean)²
///
/// Where δ is 0, eₙ is a martingale of mean 1 whatever the scale (Lai: On Confidence Sequences, Annals of
/// Statistics 4, 1976, for the t statistic), so that by Ville's inequality it ever reaches 1/α with
/// probability α at most. Neither the number of looks nor the end has to be known before, as alpha
/// spending demands: seeds may be added to a sweep that has ended. Differences are taken to be normal, as
/// in Student's test.
struct SequentialTest: Sendable {
  /// The variance g of what is expected of a difference, in standard deviations. It changes how soon a
  /// difference is found, and not how often noise is called one; of 1, 4, 10, 25 and 100, 10 ends
  /// sweeps of 2 to 8 variants soonest where differences are worth finding with 20 seeds.
  private static let expectedVariance = 10.0

  private var count = 0.0
  private var mean = 0.0
  private var squares = 0.0
  /// The logarithm of the largest e so far.
  private var evidence = 0.0

  /// The test of `differences`, in the order in which they came.
  init(_ differences: some Sequence<Double> = []) {
    for difference in differences { add(difference) }
  }

  /// Looks at one more difference.
  mutating func add(_ difference: Double) {
    count += 1
    let change = difference - mean
    mean += change / count
    squares += change * (difference - mean)
    let signal = count * mean * mean
    guard squares + signal > 0 else { return }
    let spread = 1 + count * Self.expectedVariance
    let ratio = (squares + signal) / (squares + signal / spread)
    evidence = max(evidence, count / 2 * log(ratio) - log(spread) / 2)
  }

  /// The p-value, which holds at all looks together.
  var pValue: Double { exp(-evidence) }
}
