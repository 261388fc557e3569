import LossCore
import LossKernels

/// Where an evaluation adds up gradients: in arrays of its own, or where the caller wants them.
package struct GradientSums<Scalar: LossScalar> {
  /// The caller's place for the gradient of a term, `stage.term`, by a prediction, which holds zeros or what
  /// other terms have added; `nil` if nobody needs that gradient.
  package typealias Place = (
    _ term: String, _ prediction: String
  ) -> UnsafeMutableBufferPointer<Scalar>?

  private(set) var arrays: [String: [Scalar]] = [:]
  private let place: Place?

  /// Sums in arrays, by the names of the predictions.
  init() { place = nil }

  /// Sums in places of the caller's.
  package init(_ place: @escaping Place) { self.place = place }

  /// Calls `body` with the sum of the gradient of a term by a prediction of `count` elements.
  mutating func withSum(
    of term: String, by prediction: String, count: Int,
    on workers: Workers, _ body: (UnsafeMutableBufferPointer<Scalar>?) throws(InputError) -> Void
  ) throws(InputError) {
    if let place { return try body(place(term, prediction)) }
    var sum = arrays.removeValue(forKey: prediction) ?? zeros(count, on: workers)
    try sum.withUnsafeMutableBufferPointer { sum throws(InputError) in try body(sum) }
    arrays[prediction] = sum
  }
}
