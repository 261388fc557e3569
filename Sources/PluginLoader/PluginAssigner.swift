import LossCore
import LossKernels
import PluginABI

/// An assigner of a plugin.
struct PluginAssigner: PluginPart, Assigner {
  typealias Functions = losskit_assigner
  let instance: PluginInstance<Functions>

  var reads: Set<StageInput> { Set(flags: instance.part.functions.reads) }
  var gives: Set<StageInput> { Set(flags: instance.part.functions.gives) }

  /// - Throws: ``InputError`` where there isn't what the plugin reads, it fails, or it doesn't match each prior
  ///   to a ground truth that there is, background or ignored.
  func assign(
    _ request: AssignmentRequest, workers: Workers
  ) throws(InputError) -> Assignment {
    let (reads, wants) = (reads, gives.intersection(request.wants))
    let count = request.priors.count
    try check(request.predictions, if: reads, of: count)
    let costs = reads.contains(.costs) ? CostSource(request, asker: instance.part.title) : nil
    var matches = [Int32](repeating: .min, count: count)
    var overlaps = [Float](repeating: .nan, count: wants.contains(.overlaps) ? count : 0)
    var quality = [Float](repeating: .nan, count: wants.contains(.quality) ? count : 0)
    let function = costs == nil ? nil : CostSource.function
    let context = costs.map { Unmanaged.passUnretained($0).toOpaque() }
    let reason = request.withC(reading: reads) { image in
      matches.withUnsafeMutableBufferPointer { matches in
        overlaps.withMutableC { overlaps in
          quality.withMutableC { quality in
            assign(
              losskit_assignment(
                image: image, costs: function, context: context,
                threads: workers.count, matches: matches.baseAddress, overlaps: overlaps,
                quality: quality))
          }
        }
      }
    }
    if let error = costs?.error { throw error }
    if let reason { throw InputError(instance.part.title, "fails: \(reason)") }
    try check(matches, objects: request.groundTruth.boxes.count)
    try check(overlaps, "overlap")
    try check(quality, "quality")
    return Assignment(matches: matches, overlaps: overlaps, quality: quality)
  }

  private func assign(_ assignment: losskit_assignment) -> String? {
    withUnsafePointer(to: assignment) { assignment in
      instance.failure { instance.part.functions.assign?($0, assignment, $1, $2) ?? 0 }
    }
  }

  private func check(_ matches: [Int32], objects: Int) throws(InputError) {
    guard
      let prior = matches.firstIndex(where: { $0 < Assignment.ignored || Int($0) >= objects })
    else { return }
    let found =
      matches[prior] == .min
      ? "leaves prior \(prior) of \(matches.count) without a match"
      : "matches prior \(prior) to \(matches[prior])"
    let choices =
      switch objects {
      case 0: ""
      case 1: "ground truth 0, "
      default: "one of the ground truths 0 to \(objects - 1), "
      }
    throw InputError(
      instance.part.title,
      "\(found); expected \(choices)LOSSKIT_BACKGROUND or LOSSKIT_IGNORED: the plugin has a mistake"
    )
  }

  private func check(_ numbers: [Float], _ what: String) throws(InputError) {
    guard let prior = numbers.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) else { return }
    throw InputError(
      instance.part.title,
      "gives the \(what) \(numbers[prior]) for prior \(prior); expected a finite number of 0 or more "
        + "for each: the plugin has a mistake")
  }
}
