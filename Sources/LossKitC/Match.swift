import CInterface
import LossKit
import PluginABI

@c @implementation
public func losskit_match(
  _ registry: OpaquePointer?, _ assigner: UnsafePointer<CChar>?,
  _ image: UnsafePointer<losskit_image>?, _ threads: UInt32,
  _ matches: UnsafeMutablePointer<Int64>?
) -> UnsafeMutablePointer<losskit_error>? {
  attempt { () throws(Failure) in
    let request = try given(image, "image").pointee
    let registry = try RegistryHandle.components(registry)
    let assigner = try registry.assigner(called: String(cString: try given(assigner, "assigner")))
    let priors = try request.priors.priors()
    let image = DetectionBatch.Image(
      size: ImageSize(height: request.height, width: request.width),
      groundTruth: try request.ground_truth.groundTruth())
    let scores = try request.scores.map { scores throws(Failure) in
      let (count, overflows) = priors.count.multipliedReportingOverflow(by: request.class_count)
      return Array(try elements(scores, overflows ? -1 : count, "scores"))
    }
    let decoded = try request.predicted_boxes.map { boxes throws(Failure) in
      try LossKitC.boxes(boxes, priors.count, "predicted boxes")
    }
    try assigner.check(priors, scores: scores != nil, boxes: decoded != nil)
    let assignment = try checked { () throws(InputError) in
      try DetectionBatch(images: [image]).check()
      return try assigner.assign(
        AssignmentRequest(
          priors: priors, groundTruth: image.groundTruth, imageSize: image.size,
          step: Int(request.step),
          predictions: StagePredictions(scores: scores ?? [], boxes: decoded ?? [])),
        workers: Workers(threads: threads))
    }
    guard assignment.matches.count == priors.count, priors.count > 0 else { return }
    let result = try given(matches, "matches")
    for (prior, match) in assignment.matches.enumerated() { result[prior] = Int64(match) }
  }
}

extension losskit_priors {
  /// The priors; on one level that is no feature map, if there are no levels.
  func priors() throws(Failure) -> Priors {
    let boxes = try LossKitC.boxes(self.boxes, count, "priors")
    let levels = try elements(self.levels, level_count, "levels").map {
      Priors.Level(count: $0.count, stride: $0.stride == 0 ? nil : $0.stride)
    }
    return try checked { () throws(InputError) in
      levels.isEmpty ? Priors(boxes) : try Priors(boxes, levels: levels)
    }
  }
}

extension losskit_ground_truth {
  fileprivate func groundTruth() throws(Failure) -> GroundTruth {
    let labels = try self.labels.map { labels throws(Failure) in
      try elements(labels, count, "labels").map { Int($0) }
    }
    return GroundTruth(
      boxes: try LossKitC.boxes(boxes, count, "boxes"), labels: labels ?? [],
      ignoredRegions: try LossKitC.boxes(ignored_regions, ignored_region_count, "ignored regions"))
  }
}

extension Registry {
  /// The assigner of this name, or of a JSON object.
  fileprivate func assigner(called text: String) throws(Failure) -> any Assigner {
    do throws(Diagnostics) {
      guard text.hasPrefix("{") else { return try assigner(JSONNode(text)) }
      return try assigner(try JSONNode(parsing: Array(text.utf8), file: "assigner"))
    } catch {
      throw Failure(error)
    }
  }
}

extension Assigner {
  /// Checks that everything is there that the assigner reads.
  fileprivate func check(_ priors: Priors, scores: Bool, boxes: Bool) throws(Failure) {
    let given: [StageInput: Bool] = [
      .strides: priors.levels.allSatisfy { $0.stride != nil }, .scores: scores, .boxes: boxes,
    ]
    let lacking = reads.filter { given[$0] != true }.map(\.rawValue).sorted()
    guard !lacking.isEmpty else { return }
    throw Failure(
      "assigner \"\(declaration.name)\"",
      "reads \(lacking.joined(separator: " and ")), which weren't given")
  }
}
