import CInterface
import LossKit

@c @implementation
public func losskit_evaluate(
  _ objective: OpaquePointer?, _ evaluation: UnsafePointer<losskit_evaluation>?
) -> UnsafeMutablePointer<losskit_error>? {
  attempt { () throws(Failure) in
    let objective = try ObjectiveHandle.at(objective, "objective")
    let request = try given(evaluation, "evaluation").pointee
    let predictions = try Predictions(
      objective.predictionNames, try given(request.predictions, "predictions"))
    if predictions.areDouble {
      try request.run(objective, predictions, try predictions.tensors(Double.self))
    } else {
      try request.run(objective, predictions, try predictions.tensors(Float.self))
    }
  }
}

extension losskit_evaluation {
  /// Makes targets where there are none, compares, and writes what comes of it.
  fileprivate func run<Scalar: LossScalar>(
    _ objective: ObjectiveHandle, _ predictions: Predictions, _ tensors: [String: Tensor<Scalar>]
  ) throws(Failure) {
    let results = try given(terms, "terms")
    let workers = Workers(threads: threads)
    let kept = targets.map { TargetsHandle.at($0) }
    let batch: DetectionBatch
    if let kept {
      batch = kept.batch
    } else {
      batch = try given(self.batch, "batch").pointee.batch()
    }
    let gradients = try GradientPlaces<Scalar>(self, objective, tensors)
    if flags & LOSSKIT_ZEROED == 0 { gradients.clear(on: workers) }
    let outcome: (terms: [TermResult], state: ObjectiveState)
    let stages: [StageTargets]
    do throws(InputError) {
      if let kept {
        stages = kept.stages
      } else {
        stages = try objective.value.targets(
          for: batch, predictions: tensors, step: Int(self.batch.pointee.step), workers: workers)
      }
      var sums = GradientSums<Scalar>(gradients.place)
      outcome = try objective.value.evaluate(
        tensors, against: stages, after: objective.state(state, hasLossState ? loss_state : nil),
        addingGradientsTo: &sums,
        gradients: gradients.areAsked, averaging: countAverage, workers: workers)
    } catch {
      throw predictions.failure(error, tensors)
    }
    write(outcome.terms, of: objective, images: batch.images.count, to: results)
    if hasLossState, let next_loss_state {
      for (index, term) in objective.terms.enumerated() {
        next_loss_state[index] = losskit_numbers(outcome.state.losses[term.path] ?? [])
      }
    }
    if let next_state {
      for (index, term) in objective.terms.enumerated() {
        next_state[index] = outcome.state.runningMeans[term.path] ?? .nan
      }
    }
    if let warnings {
      let found = batch.warnings(about: stages)
      warnings.pointee = found.isEmpty ? nil : text(JSONNode(found.map { JSONNode("\($0)") }))
    }
  }

  private var hasLossState: Bool { flags & LOSSKIT_LOSS_STATE != 0 }

  private var countAverage: CountAverage {
    guard let average else { return { $0 } }
    return { [average_user] count throws(InputError) in
      var count = count
      guard average(average_user, &count) == 0 else {
        throw InputError("normalizer", "the mean of its count over the processes can't be had")
      }
      return count
    }
  }

  private func write(
    _ terms: [TermResult], of objective: ObjectiveHandle, images: Int,
    to results: UnsafeMutablePointer<losskit_term_result>
  ) {
    var rest = terms[...]
    for (index, term) in objective.terms.enumerated() {
      let divisors = self.divisors.map {
        UnsafeMutableBufferPointer(start: $0 + index * images, count: images)
      }
      guard let result = rest.first, result.stage == term.stage, result.name == term.name else {
        results[index] = losskit_term_result()
        divisors?.update(repeating: 0)
        continue
      }
      rest = rest.dropFirst()
      results[index] = losskit_term_result(
        value: result.value, weight: result.weight, gradient_norm: result.gradientNorm ?? .nan,
        positive_gradient_norm: result.positiveGradientNorm ?? .nan,
        negative_gradient_norm: result.negativeGradientNorm ?? .nan,
        positives: Int64(result.positives), negatives: Int64(result.negatives),
        ignored: Int64(result.ignored))
      for image in 0..<(divisors?.count ?? 0) {
        divisors?[image] = result.divisors[min(image, result.divisors.count - 1)]
      }
    }
  }
}

extension ObjectiveHandle {
  /// The running means that the caller gives for the terms, and what their losses remember.
  fileprivate func state(
    _ means: UnsafePointer<Double>?, _ losses: UnsafePointer<losskit_numbers>?
  ) -> ObjectiveState {
    var state = ObjectiveState()
    for (index, term) in terms.enumerated() {
      if let mean = means?[index], !mean.isNaN { state.runningMeans[term.path] = mean }
      if let numbers = losses?[index], numbers.count > 0 {
        state.losses[term.path] = Array(
          UnsafeBufferPointer(start: numbers.elements, count: numbers.count))
      }
    }
    return state
  }
}

extension losskit_numbers {
  /// A copy for the caller of a C function, who frees it.
  fileprivate init(_ numbers: [Double]) {
    self.init()
    guard !numbers.isEmpty else { return }
    let copy = UnsafeMutableBufferPointer<Double>.allocate(capacity: numbers.count)
    _ = copy.initialize(from: numbers)
    (elements, count) = (copy.baseAddress, numbers.count)
  }
}

@c @implementation
public func losskit_numbers_free(_ elements: UnsafeMutablePointer<Double>?) {
  elements?.deallocate()
}

extension Workers {
  /// So many threads as a call says; 0 for the standard.
  init(threads: UInt32) {
    self = threads == 0 ? .standard : Workers(min(Int(threads), Workers.counts.upperBound))
  }
}
