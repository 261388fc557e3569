import LossCore
import LossKernels

/// How many values of a step have a gradient of about the same length, and how much each counts for that: bins of
/// even width over lengths from 0 to 1.
@usableFromInline
struct GradientDensity: Sendable {
  static let binCount = Parameter(
    "bins", .integer(.between(1, 1000)), default: 10,
    help: "How many bins gradient lengths from 0 to 1 are counted in.")
  static let momentum = Parameter(
    "momentum", .number(.between(0, 0.9999)), default: 0,
    help: "How much of a bin's count a step keeps; 0 counts each step by itself.")

  private let momentum: Double
  /// What a value in each bin counts; 1 before anything was counted.
  @usableFromInline
  var weights: [Double]
  /// The count of each bin that the steps before have left.
  private var remembered: [Double]

  init(_ parameters: Parameters) {
    momentum = parameters[Self.momentum]
    weights = [Double](repeating: 1, count: parameters[Self.binCount])
    remembered = [Double](repeating: 0, count: weights.count)
  }

  /// A count a bin, if there is momentum.
  var stateCount: Int { momentum > 0 ? weights.count : 0 }

  mutating func resume(after state: [Double]?) {
    if momentum > 0, let state { remembered = state }
  }

  /// Counts a length that weighs more than 0; what isn't a number, which is reported elsewhere, has no bin.
  func tally<Scalar: RealScalar>(_ length: Scalar, into sums: inout [Double]) {
    guard length >= 0, length <= 1 else { return }
    let last = weights.count - 1
    var bin = min(Int(Double(length) * Double(weights.count)), last)
    while bin < last, length >= edge(bin + 1) { bin += 1 }
    while bin > 0, length < edge(bin) { bin -= 1 }
    sums[bin] += 1
  }

  /// Weighs the bins by their counts, and says what is remembered of them.
  mutating func advance(by counts: [Double]) -> [Double] {
    let all = counts.reduce(0, +)
    let filled = Double(counts.count { $0 > 0 })
    for bin in weights.indices {
      guard counts[bin] > 0 else {
        weights[bin] = 0
        continue
      }
      remembered[bin] = momentum * remembered[bin] + (1 - momentum) * counts[bin]
      weights[bin] = all / (remembered[bin] * filled)
    }
    return momentum > 0 ? remembered : []
  }

  /// Where a bin begins.
  @inlinable @inline(__always)
  func edge<Value: FormulaValue>(_ bin: Int) -> Value {
    Value(Double(bin) / Double(weights.count))
  }

  /// What a value counts whose gradient has this length.
  @inlinable @inline(__always)
  func weight<Value: FormulaValue>(of length: Value) -> Value {
    var weight = Value(weights[0])
    var bin = 1
    while bin < weights.count {
      weight = .select(length >= edge(bin), Value(weights[bin]), else: weight)
      bin &+= 1
    }
    return weight
  }
}
