import LossCore
import PluginABI

/// A match cost of a plugin.
struct PluginMatchCost: PluginPart, MatchCost {
  typealias Functions = losskit_match_cost
  let instance: PluginInstance<Functions>

  var reads: Set<StageInput> { Set(flags: instance.part.functions.reads) }

  /// - Throws: ``InputError`` where there isn't what the plugin reads, it fails, or it doesn't give each prior a
  ///   finite number.
  func costs(
    of priors: [Int], with object: Int, in request: AssignmentRequest
  ) throws(InputError) -> [Float] {
    let reads = reads
    try check(request.predictions, if: reads, of: request.priors.count)
    var costs = [Float](repeating: .nan, count: priors.count)
    let reason = request.withC(reading: reads) { image in
      priors.withUnsafeBufferPointer { priors in
        costs.withUnsafeMutableBufferPointer { costs in
          evaluate(
            losskit_matching(
              image: image, priors: priors.baseAddress, prior_count: priors.count,
              ground_truth: object, costs: costs.baseAddress))
        }
      }
    }
    if let reason { throw InputError(instance.part.title, "fails: \(reason)") }
    if let index = costs.firstIndex(where: { !$0.isFinite }) {
      throw InputError(
        instance.part.title,
        "gives the cost \(costs[index]) for prior \(priors[index]) and ground truth \(object); expected "
          + "a finite number for each: the plugin has a mistake, or the predictions are not sound")
    }
    return costs
  }

  private func evaluate(_ matching: losskit_matching) -> String? {
    withUnsafePointer(to: matching) { matching in
      instance.failure { instance.part.functions.evaluate?($0, matching, $1, $2) ?? 0 }
    }
  }
}
