import LossCore
import PluginABI

/// A sampler of a plugin.
struct PluginSampler: PluginPart, Sampler {
  typealias Functions = losskit_sampler
  let instance: PluginInstance<Functions>

  var reads: Set<StageInput> { Set(flags: instance.part.functions.reads) }

  /// - Throws: ``InputError`` where there isn't what the plugin reads, it fails, or it samples an ignored prior;
  ///   or a draw was recorded of another number of priors.
  func sample(
    _ assignment: Assignment, _ request: SampleRequest
  ) throws(InputError) -> Sample {
    let (matches, reads) = (assignment.matches, reads)
    try check(assignment.overlaps.count, .overlaps, if: reads, of: matches.count)
    try check(assignment.quality.count, .quality, if: reads, of: matches.count)
    try check(request.rowLosses.count, .rowLosses, if: reads, of: matches.count)
    if let recorded = request.recorded, recorded.count != matches.count {
      throw InputError(
        "\(request.stage).sampled",
        "has \(recorded.count) elements for image \(request.image); expected one for each of its "
          + "\(matches.count) priors; record the sample of these, or drop it")
    }
    var sampled = [UInt8](repeating: 0, count: matches.count)
    let reason = sampled.withUnsafeMutableBufferPointer { sampled in
      request.withC(assignment, reading: reads, sampled: sampled.baseAddress) { sampling in
        instance.failure { instance.part.functions.sample?($0, sampling, $1, $2) ?? 0 }
      }
    }
    let place = "stage \(request.stage), image \(request.image), \(instance.part.title)"
    if let reason { throw InputError(place, image: request.image, "fails: \(reason)") }
    if let prior = sampled.indices.first(where: {
      sampled[$0] > 1 || (sampled[$0] == 1 && matches[$0] == Assignment.ignored)
    }) {
      let problem =
        sampled[prior] > 1
        ? "writes \(sampled[prior]) for prior \(prior); expected 0 or 1"
        : "samples prior \(prior), which the assigner ignores; expected matched priors and background"
      throw InputError(place, image: request.image, "\(problem): the plugin has a mistake")
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
    _ assignment: Assignment, reading reads: Set<StageInput>,
    sampled: UnsafeMutablePointer<UInt8>?, _ body: (UnsafePointer<losskit_sampling>) -> Result
  ) -> Result {
    let recorded = (recorded ?? []).map { $0 ? 1 : 0 as UInt8 }
    return assignment.withC(reading: reads) { matches, overlaps, quality in
      rowLosses.withC(if: reads.contains(.rowLosses)) { losses in
        recorded.withUnsafeBufferPointer { recorded in
          stage.withCString { stage in
            withUnsafePointer(
              to: losskit_sampling(
                matches: matches.baseAddress, prior_count: matches.count, overlaps: overlaps,
                quality: quality, row_losses: losses, stage: stage, image: image,
                step: Int64(step), recorded: self.recorded == nil ? nil : recorded.baseAddress,
                sampled: sampled), body)
          }
        }
      }
    }
  }
}

extension Assignment {
  /// What `body` returns of matches, overlaps and quality as C reads them, `nil` for what isn't read.
  func withC<Result>(
    reading reads: Set<StageInput>,
    _ body: (UnsafeBufferPointer<Int32>, UnsafePointer<Float>?, UnsafePointer<Float>?) -> Result
  ) -> Result {
    matches.withUnsafeBufferPointer { matches in
      overlaps.withC(if: reads.contains(.overlaps)) { overlaps in
        quality.withC(if: reads.contains(.quality)) { body(matches, overlaps, $0) }
      }
    }
  }
}
