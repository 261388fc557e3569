import Bundle
import LossCore
import LossKernels
import Objective
import ResourceLimits
import StrictJSON

/// A trainer's state in a file: weights, running averages, the memories of optimizer and objective, and
/// the step.
///
/// Random numbers are functions of seed and step, so that these two are all of their state.
public struct Checkpoint: Sendable {
  /// What a state is a state of.
  public struct Origin: Sendable, Equatable {
    /// The seed of the training.
    public let seed: UInt64
    /// The names of the classes.
    public let classNames: [String]
    /// The fingerprint of the data that is learnt from.
    public let data: String
    /// The fingerprint of the data that is measured with, if there is any.
    public let validation: String?

    /// In what this differs from `other`, as messages say it.
    func difference(from other: Origin) -> String? {
      if seed != other.seed { return "seed \(seed), not \(other.seed)" }
      if classNames != other.classNames {
        return "the classes \(classNames), not \(other.classNames)"
      }
      if data != other.data { return "other data: \(data), not \(other.data)" }
      guard validation != other.validation else { return nil }
      return "other validation data: \(validation ?? "none"), not \(other.validation ?? "none")"
    }
  }

  /// The steps done.
  public let step: Int
  /// What this is a state of.
  public let origin: Origin

  private let file: SafetensorsFile

  private static let format = "losskit reference detector 2"

  /// Opens the checkpoint at `path`.
  ///
  /// - Throws: `BundleError` where it can't be read, or isn't one.
  public init(contentsOf path: String) throws(BundleError) {
    file = try SafetensorsFile(contentsOf: path)
    let metadata = file.metadata
    guard metadata["format"] == Self.format, let step = metadata["step"].flatMap({ Int($0) }),
      (0...Limits.steps).contains(step),
      let seed = metadata["seed"].flatMap({ UInt64($0) }),
      let classNames = metadata["classes"].flatMap(Self.names), let data = metadata["data"]
    else {
      throw BundleError(
        file: path,
        message: "is no checkpoint of the reference detector; name a folder that "
          + "\"losskit train\" wrote")
    }
    self.step = step
    origin = Origin(
      seed: seed, classNames: classNames, data: data, validation: metadata["validation"])
  }

  /// Reads a list of names, which is JSON, as a name may hold any character.
  private static func names(_ text: String) -> [String]? {
    guard case .array(let elements)? = try? JSONNode(parsing: Array(text.utf8), file: "").value
    else { return nil }
    let names = elements.compactMap(\.string)
    return names.count == elements.count ? names : nil
  }

  /// Writes a trainer's state.
  ///
  /// - Throws: `BundleError` where the file can't be written.
  static func write(
    _ trainer: Trainer, _ origin: Origin, to path: String
  ) throws(BundleError) {
    var tensors: [(name: String, tensor: AnyTensor)] = []
    var model = trainer.model
    model.forEachWeights { name, weights in
      tensors.append(("weights.\(name)", shaped(weights.values, weights.shape)))
    }
    model.forEachAverage { name, values in
      tensors.append(("averages.\(name)", shaped(values, [values.count])))
    }
    model.forEachWeights { name, weights in
      guard let memory = trainer.optimizer.memories[name] else { return }
      tensors.append(("optimizer.first.\(name)", shaped(memory.first, weights.shape)))
      tensors.append(("optimizer.second.\(name)", shaped(memory.second, weights.shape)))
    }
    var metadata = [
      "format": format, "step": "\(trainer.step)", "seed": "\(origin.seed)",
      "classes": JSONNode(origin.classNames.map { JSONNode($0) }).compactText,
      "data": origin.data,
    ]
    metadata["validation"] = origin.validation
    let means = trainer.objectiveState.runningMeans
    if !means.isEmpty {
      var object = JSONObject()
      for (term, mean) in means.sorted(by: { $0.key < $1.key }) {
        object.set(term, to: JSONNode(mean))
      }
      metadata["running_means"] = JSONNode(object).compactText
    }
    let losses = trainer.objectiveState.losses
    if !losses.isEmpty {
      var object = JSONObject()
      for (term, numbers) in losses.sorted(by: { $0.key < $1.key }) {
        object.set(term, to: JSONNode(numbers.map { JSONNode($0) }))
      }
      metadata["loss_state"] = JSONNode(object).compactText
    }
    try SafetensorsFile.write(tensors, metadata: metadata, to: path)
  }

  private static func shaped(_ elements: [Float], _ shape: [Int]) -> AnyTensor {
    .float32((try? Tensor(shape: shape, elements: elements)) ?? Tensor(elements))
  }

  /// Puts weights and running averages into a model.
  ///
  /// - Throws: `BundleError` where the model has other layers, or a number isn't finite.
  public func restore(_ model: inout DetectionModel) throws(BundleError) {
    var problem: BundleError?
    model.forEachWeights { name, weights in
      do throws(BundleError) {
        weights.values = try elements("weights.\(name)", count: weights.values.count)
      } catch { problem = problem ?? error }
    }
    model.forEachAverage { name, values in
      do throws(BundleError) {
        values = try elements("averages.\(name)", count: values.count)
      } catch { problem = problem ?? error }
    }
    if let problem { throw problem }
  }

  /// Puts the whole state into a trainer.
  ///
  /// - Throws: `BundleError` where its model has other layers, or a number isn't finite.
  func restore(_ trainer: inout Trainer) throws(BundleError) {
    try restore(&trainer.model)
    var problem: BundleError?
    var memories: [String: Optimizer.Memory] = [:]
    trainer.model.forEachWeights { name, weights in
      do throws(BundleError) {
        memories[name] = Optimizer.Memory(
          first: try elements("optimizer.first.\(name)", count: weights.values.count),
          second: try elements("optimizer.second.\(name)", count: weights.values.count))
      } catch { problem = problem ?? error }
    }
    if let problem { throw problem }
    trainer.optimizer.memories = memories
    trainer.objectiveState = try objectiveState()
    try checkLossState(trainer.objectiveState, trainer.model.objective)
    trainer.step = step
  }

  /// The running means, and what losses remember; none where the recipe has none.
  private func objectiveState() throws(BundleError) -> ObjectiveState {
    func number(_ node: JSONNode) -> Double? {
      node.double.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
    }
    return ObjectiveState(
      runningMeans: try byTerm("running_means", "running means", number),
      losses: try byTerm("loss_state", "what losses remember") { node in
        let numbers = node.elements.compactMap(number)
        return numbers.isEmpty || numbers.count != node.elements.count ? nil : numbers
      })
  }

  /// Makes sure that losses that remember find as many numbers as they remember for the classes.
  private func checkLossState(
    _ state: ObjectiveState, _ objective: DetectionObjective
  ) throws(BundleError) {
    for (stage, term) in objective.stages.flatMap({ stage in stage.terms.map { (stage, $0) } }) {
      guard step > 0, let loss = term.loss as? any StatefulLoss,
        let width = try? term.columns(classes: origin.classNames.count)
      else { continue }
      let (found, expected) = (
        state.losses["\(stage.name).\(term.name)"]?.count ?? 0, loss.stateCount(width: width)
      )
      guard found != expected else { continue }
      throw BundleError(
        file: file.path,
        message: "has \(found) numbers that the loss of \(stage.name).\(term.name) remembers; "
          + "\(loss.declaration.name) remembers \(expected)")
    }
  }

  /// What the metadata says of each term.
  private func byTerm<Value>(
    _ key: String, _ words: String, _ read: (JSONNode) -> Value?
  ) throws(BundleError) -> [String: Value] {
    guard let text = file.metadata[key] else { return [:] }
    let object = try? JSONNode(parsing: Array(text.utf8), file: file.path).members
    let values = object?.compactMap { member in read(member.node).map { (member.key, $0) } }
    guard let object, let values, values.count == object.count else {
      throw BundleError(
        file: file.path, message: "has, as \(words), what isn't numbers of 0 or more")
    }
    return Dictionary(values) { $1 }
  }

  private func elements(_ name: String, count: Int) throws(BundleError) -> [Float] {
    let elements = try file.floats(named: name).elements
    guard elements.count == count else {
      throw BundleError(
        file: file.path,
        message: "tensor \"\(name)\" has \(elements.count) elements; the model has \(count)")
    }
    guard areFinite(elements.span) else {
      throw BundleError(
        file: file.path,
        message: "tensor \"\(name)\" has a number that isn't finite, which no training writes; "
          + "train again")
    }
    return elements
  }
}
