import Bundle
import LossCore

/// A trainer's state in a file: weights, running averages, the optimizer's memory, and the step.
///
/// Random numbers are functions of seed and step, so that these two are all of their state.
public struct Checkpoint: Sendable {
  /// The steps done.
  public let step: Int
  /// The seed of the training.
  public let seed: UInt64
  /// The names of the classes.
  public let classNames: [String]

  private let file: SafetensorsFile

  private static let format = "losskit reference detector 1"
  /// Stands between names of classes; no name has a line break.
  private static let separator: Character = "\n"

  /// Opens the checkpoint at `path`.
  ///
  /// - Throws: `BundleError` where it can't be read, or isn't one.
  public init(contentsOf path: String) throws(BundleError) {
    file = try SafetensorsFile(contentsOf: path)
    let metadata = file.metadata
    guard metadata["format"] == Self.format, let step = metadata["step"].flatMap({ Int($0) }),
      let seed = metadata["seed"].flatMap({ UInt64($0) }), let classes = metadata["classes"]
    else {
      throw BundleError(
        file: path,
        message: "is no checkpoint of the reference detector; name a folder that "
          + "\"losskit train\" wrote")
    }
    self.step = step
    self.seed = seed
    classNames = classes.split(separator: Self.separator).map { String($0) }
  }

  /// Writes a trainer's state.
  ///
  /// - Throws: `BundleError` where the file can't be written.
  static func write(
    _ trainer: Trainer, classNames: [String], to path: String
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
    try SafetensorsFile.write(
      tensors,
      metadata: [
        "format": format, "step": "\(trainer.step)", "seed": "\(trainer.seed)",
        "classes": classNames.joined(separator: "\(separator)"),
      ], to: path)
  }

  private static func shaped(_ elements: [Float], _ shape: [Int]) -> AnyTensor {
    .float32((try? Tensor(shape: shape, elements: elements)) ?? Tensor(elements))
  }

  /// Puts weights and running averages into a model.
  ///
  /// - Throws: `BundleError` where the model has other layers.
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
  /// - Throws: `BundleError` where its model has other layers.
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
    trainer.step = step
  }

  private func elements(_ name: String, count: Int) throws(BundleError) -> [Float] {
    let elements = try file.floats(named: name).elements
    guard elements.count == count else {
      throw BundleError(
        file: file.path,
        message: "tensor \"\(name)\" has \(elements.count) elements; the model has \(count)")
    }
    return elements
  }
}
