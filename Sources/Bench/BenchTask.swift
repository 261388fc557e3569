import LossKit

/// A work with its inputs in memory, ready to be run any number of times.
package protocol BenchTask {
  associatedtype Result

  /// What times are divided by: elements of predictions, priors, or boxes.
  var elements: Int { get }

  /// The least that must move between memory and processor in a run: each input read once, each
  /// output written once. `nil` if that says little of the work.
  var bytes: Int? { get }

  /// Does the work once.
  func run() throws -> Result

  /// What came of it, worked out after the clock has stopped.
  func summary(of result: Result) -> BenchSummary
}

/// What a work came to, to compare with what others come to on the same inputs.
package struct BenchSummary: Sendable {
  /// The value of a loss; for boxes, a checksum of the indices chosen.
  package let value: Double
  /// The Euclidean norm of the gradient, where the work has one.
  package var gradientNorm: Double?
}

extension BenchSummary {
  /// The checksum of integers from −3 up: Σₖ (iₖ + 3) · (1 + k mod 1009), exact for any that occur.
  init(checksumOf integers: some Sequence<Int>) {
    value = integers.enumerated().reduce(0) { sum, item in
      sum + Double(item.element + 3) * Double(1 + item.offset % 1009)
    }
  }
}

/// The sum of the squares of the elements.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
package func squaredNorm<Scalar: LossScalar>(_ elements: [Scalar]) -> Double {
  elements.reduce(0) { $0 + Double($1) * Double($1) }
}
