import CInterface
import LossKit

@c @implementation
public func losskit_match(
  _ registry: OpaquePointer?, _ request: UnsafePointer<losskit_match_request>?,
  _ matches: UnsafeMutablePointer<Int64>?
) -> UnsafeMutablePointer<losskit_error>? {
  attempt { () throws(Failure) in
    let request = try given(request, "request").pointee
    let registry = try RegistryHandle.components(registry)
    let assigner = try registry.assigner(
      called: String(cString: try given(request.assigner, "assigner")))
    let priors = try priors(
      try boxes(request.priors, request.prior_count, "priors"), request.levels,
      request.level_count)
    let image = try given(request.image, "image").pointee.image("image")
    let scores = try request.scores.map { scores throws(Failure) in
      let (count, overflows) = priors.count.multipliedReportingOverflow(by: request.class_count)
      return Array(try elements(scores, overflows ? -1 : count, "scores"))
    }
    let decoded = try request.boxes.map { boxes throws(Failure) in
      try LossKitC.boxes(boxes, priors.count, "boxes")
    }
    try assigner.check(priors, scores: scores != nil, boxes: decoded != nil)
    let assignment = try checked { () throws(InputError) in
      try DetectionBatch(images: [image]).check()
      return try assigner.assign(
        AssignmentRequest(
          priors: priors, groundTruth: image.groundTruth, imageSize: image.size,
          step: Int(request.step),
          predictions: StagePredictions(scores: scores ?? [], boxes: decoded ?? [])),
        workers: Workers(threads: request.threads))
    }
    guard assignment.matches.count == priors.count, priors.count > 0 else { return }
    let result = try given(matches, "matches")
    for (prior, match) in assignment.matches.enumerated() { result[prior] = Int64(match) }
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
