import LossCore
import PluginABI

/// A sampler of a plugin.
struct PluginSampler: PluginPart, Sampler {
  typealias Functions = losskit_sampler
  let instance: PluginInstance<Functions>

  /// - Throws: ``InputError`` where the plugin fails, or samples an ignored prior; or a draw was recorded of
  ///   another number of priors.
  func sample(
    _ assignment: Assignment, _ request: SampleRequest
  ) throws(InputError) -> Sample {
    let matches = assignment.matches
    if let recorded = request.recorded, recorded.count != matches.count {
      throw InputError(
        "\(request.stage).sampled",
        "has \(recorded.count) elements for image \(request.image); expected one for each of its "
          + "\(matches.count) priors")
    }
    var sampled = [UInt8](repeating: 0, count: matches.count)
    let reason = sampled.withUnsafeMutableBufferPointer { sampled in
      request.withC(matches, sampled: sampled.baseAddress) { sampling in
        instance.failure { instance.part.functions.sample?($0, sampling, $1, $2) ?? 0 }
      }
    }
    let place = "stage \(request.stage), image \(request.image), \(instance.part.title)"
    if let reason { throw InputError(place, image: request.image, "fails: \(reason)") }
    if let prior = sampled.indices.first(where: {
      sampled[$0] > 1 || (sampled[$0] == 1 && matches[$0] == Assignment.ignored)
    }) {
      throw InputError(
        place, image: request.image,
        (sampled[prior] > 1
          ? "writes \(sampled[prior]) for prior \(prior); expected 0 or 1"
          : "samples prior \(prior), which the assigner ignores; expected matched priors and "
            + "background") + ": the plugin has a mistake")
    }
    let all = Sample(everyPriorOf: assignment)
    return Sample(
      positives: all.positives.filter { sampled[$0] == 1 },
      negatives: all.negatives.filter { sampled[$0] == 1 })
  }
}

extension SampleRequest {
  /// What `body` returns of the request as C reads it.
  fileprivate func withC<Result>(
    _ matches: [Int32], sampled: UnsafeMutablePointer<UInt8>?,
    _ body: (UnsafePointer<losskit_sampling>) -> Result
  ) -> Result {
    matches.withUnsafeBufferPointer { matches in
      (recorded ?? []).map { $0 ? 1 : 0 }.withUnsafeBufferPointer { recorded in
        stage.withCString { stage in
          withUnsafePointer(
            to: losskit_sampling(
              matches: matches.baseAddress, prior_count: matches.count, stage: stage,
              image: image, step: Int64(step),
              recorded: self.recorded == nil ? nil : recorded.baseAddress, sampled: sampled), body)
        }
      }
    }
  }
}
