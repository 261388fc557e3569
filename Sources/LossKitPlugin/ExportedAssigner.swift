import LossCore
import LossKernels
import PluginABI

extension losskit_assigner {
  /// What a table says of a type of assigner.
  init(_ type: any Assigner.Type) {
    let reads = (try? type.init())?.reads
    let flags = (reads ?? []).map { input -> UInt32 in
      switch input {
      case .strides: LOSSKIT_STRIDES
      case .scores: LOSSKIT_SCORES
      case .boxes: LOSSKIT_BOXES
      default: 0
      }
    }
    self.init(
      component: ExportedType(type) { ($0 as? any Assigner)?.reads == reads }.entry,
      reads: flags.reduce(0, |),
      assign: { instance, assignment, error, errorSize in
        report(to: error, errorSize) {
          guard let assigner = LossKitPlugin.component(of: instance) as? any Assigner,
            let assignment
          else { throw MissingArgument() }
          try assigner.assign(assignment.pointee)
        }
      })
  }
}

extension Assigner {
  fileprivate func assign(_ assignment: losskit_assignment) throws(InputError) {
    let priors = try Priors(assignment.priors)
    let matches = try assign(
      AssignmentRequest(
        priors: priors, groundTruth: GroundTruth(assignment.ground_truth),
        imageSize: ImageSize(height: assignment.image_height, width: assignment.image_width),
        step: Int(assignment.step),
        predictions: StagePredictions(
          scores: array(assignment.scores, priors.count * assignment.class_count),
          boxes: boxes(
            assignment.predicted_boxes, assignment.predicted_boxes == nil ? 0 : priors.count))),
      workers: Workers(assignment.threads)
    ).matches
    guard matches.count == priors.count else {
      throw InputError(
        declaration.name,
        "gives \(matches.count) matches; expected one for each of "
          + "\(priors.count) priors")
    }
    for (prior, match) in matches.enumerated() { assignment.matches[prior] = match }
  }
}

extension GroundTruth {
  fileprivate init(_ groundTruth: losskit_ground_truth) {
    self.init(
      boxes: LossKitPlugin.boxes(groundTruth.boxes, groundTruth.count),
      labels: array(groundTruth.labels, groundTruth.count).map { Int($0) },
      ignoredRegions: LossKitPlugin.boxes(
        groundTruth.ignored_regions, groundTruth.ignored_region_count))
  }
}
