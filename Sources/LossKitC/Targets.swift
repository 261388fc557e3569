import CInterface
import LossKit

/// The targets of some stages of a batch.
final class TargetsHandle: Handle {
  let batch: DetectionBatch
  let stages: [StageTargets]
  private let objective: DetectionObjective
  /// By stage, what was asked for already.
  private let tensors = Lock<[String: NamedTensors]>([:])

  init(_ objective: DetectionObjective, _ batch: DetectionBatch, _ stages: [StageTargets]) {
    self.objective = objective
    self.batch = batch
    self.stages = stages
  }

  /// The tensors of a stage, which live as long as the targets.
  fileprivate func tensors(of name: String) throws(Failure) -> NamedTensors {
    guard let stage = objective.stages.first(where: { $0.name == name }),
      let targets = stages.first(where: { $0.stage == name })
    else {
      throw Failure(
        "stage \(name)", "has no targets; there is \(stages.map(\.stage).joined(separator: ", "))",
        code: LOSSKIT_MISSING)
    }
    return try checked { () throws(InputError) in
      try tensors.withLock { (known) throws(InputError) in
        if let tensors = known[name] { return tensors }
        let made = NamedTensors(
          try targets.tensors(of: stage).map { (String($0.dropFirst(name.count + 1)), $1) })
        known[name] = made
        return made
      }
    }
  }
}

extension DetectionObjective {
  /// The stage called `name`.
  func stage(named name: String) throws(Failure) -> Stage {
    guard let stage = stages.first(where: { $0.name == name }) else {
      throw Failure(
        "stage \(name)", "doesn't exist; there is \(stages.map(\.name).joined(separator: ", "))",
        code: LOSSKIT_MISSING)
    }
    return stage
  }

  /// The stage called `name`, behind those that its priors are made from.
  fileprivate func upTo(_ name: String) throws(Failure) -> DetectionObjective {
    var chain: [Stage] = []
    var next: String? = name
    while let name = next {
      let stage = try stage(named: name)
      chain.insert(stage, at: 0)
      next = stage.priors.sourceStage
    }
    return try checked { () throws(InputError) in
      try DetectionObjective(name: self.name, stages: chain)
    }
  }
}

@c @implementation
public func losskit_targets_create(
  _ objective: OpaquePointer?, _ stage: UnsafePointer<CChar>?,
  _ batch: UnsafePointer<losskit_batch>?, _ predictions: UnsafePointer<losskit_tensor>?,
  _ before: OpaquePointer?, _ flags: UInt32, _ threads: UInt32,
  _ targets: UnsafeMutablePointer<OpaquePointer?>?
) -> UnsafeMutablePointer<losskit_error>? {
  attempt { () throws(Failure) in
    let result = try given(targets, "targets")
    result.pointee = nil
    let handle = try ObjectiveHandle.at(objective, "objective")
    let request = try given(batch, "batch").pointee
    let batch = try request.batch()
    let name = stage.map { String(cString: $0) }
    let part = try name.map { name throws(Failure) in try handle.value.upTo(name) } ?? handle.value
    let predictions = try Predictions(handle.predictionNames, predictions)

    func walk<Scalar: LossScalar>(
      _ tensors: [String: Tensor<Scalar>]
    ) throws(Failure) -> [StageTargets] {
      do throws(InputError) {
        return try part.walk(
          batch, rows: flags & LOSSKIT_SAMPLED_ALONE != 0 ? .sampled : .all,
          step: Int(request.step),
          workers: Workers(threads: threads)
        ) { _, _ throws(InputError) in tensors }.targets
      } catch {
        throw predictions.failure(error, tensors)
      }
    }
    let made =
      try predictions.areDouble
      ? walk(try predictions.tensors(Double.self)) : walk(try predictions.tensors(Float.self))
    // Those of a source were made on the way, and may be among the ones before.
    let new = name == nil ? made[...] : made.suffix(1)
    let kept = before.map { TargetsHandle.at($0).stages } ?? []
    result.pointee =
      TargetsHandle(
        handle.value, batch,
        kept.filter { stage in !new.contains { $0.stage == stage.stage } } + new
      ).opaque
  }
}

@c @implementation
public func losskit_targets_tensors(
  _ targets: OpaquePointer?, _ stage: UnsafePointer<CChar>?,
  _ tensors: UnsafeMutablePointer<UnsafePointer<losskit_named_tensor>?>?,
  _ count: UnsafeMutablePointer<Int>?
) -> UnsafeMutablePointer<losskit_error>? {
  attempt { () throws(Failure) in
    let (tensors, count) = (try given(tensors, "tensors"), try given(count, "count"))
    let stage = String(cString: try given(stage, "stage"))
    let made = try TargetsHandle.at(targets, "targets").tensors(of: stage)
    tensors.pointee = UnsafePointer(made.start)
    count.pointee = made.count
  }
}

@c @implementation
public func losskit_targets_free(_ targets: OpaquePointer?) { TargetsHandle.free(targets) }
