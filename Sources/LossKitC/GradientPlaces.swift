import CInterface
import LossKit

/// Where the caller of an evaluation wants gradients.
struct GradientPlaces<Scalar: LossScalar> {
  typealias Buffer = UnsafeMutableBufferPointer<Scalar>

  /// Of the total, or of each term, by each prediction: `[1 or terms][predictions]`.
  private let buffers: [Buffer?]
  private let areOfTerms: Bool
  private let indexOfTerm: [String: Int]
  private let indexOfPrediction: [String: Int]

  init(
    _ request: losskit_evaluation, _ objective: ObjectiveHandle,
    _ tensors: [String: Tensor<Scalar>]
  ) throws(Failure) {
    guard request.gradients == nil || request.term_gradients == nil else {
      throw Failure("gradients", "are asked for of the total and of terms; ask for either")
    }
    areOfTerms = request.term_gradients != nil
    indexOfTerm = objective.indexOfTerm
    indexOfPrediction = objective.indexOfPrediction
    let counts = objective.predictionNames.map { tensors[$0]?.count }
    let places = request.gradients ?? request.term_gradients
    let rows = areOfTerms ? objective.terms.count : 1
    buffers =
      places.map { places in
        (0..<rows * counts.count).map { index in
          guard let place = places[index], let count = counts[index % counts.count] else {
            return nil
          }
          return Buffer(start: place.assumingMemoryBound(to: Scalar.self), count: count)
        }
      } ?? []
  }

  /// Whether there is any.
  var areAsked: Bool { !buffers.isEmpty }

  /// Where the gradient of a term by a prediction is added up.
  func place(_ term: String, _ prediction: String) -> Buffer? {
    guard let column = indexOfPrediction[prediction], let row = indexOfTerm[term] else {
      return nil
    }
    return buffers[areOfTerms ? row * indexOfPrediction.count + column : column]
  }

  /// Writes zeros.
  func clear(on workers: Workers) {
    for buffer in buffers.compactMap(\.self) {
      let part = 1 << 18
      // True because the parts are disjoint, and the caller keeps the memory.
      nonisolated(unsafe) let buffer = buffer
      workers.forEach(below: (buffer.count + part - 1) / part) { index in
        let range = index * part..<min((index + 1) * part, buffer.count)
        UnsafeMutableBufferPointer(rebasing: buffer[range]).update(repeating: 0)
      }
    }
  }
}
