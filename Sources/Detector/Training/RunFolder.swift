import Bundle
import Files
import Foundation
import Recipe
import StrictJSON

/// The files of a training run.
struct RunFolder: Sendable {
  /// How many images are kept with what was found on them.
  static let samples = 6

  let path: String

  init(_ path: String) { self.path = path }

  var recipe: String { file("recipe.json") }
  var model: String { file("model.json") }
  var checkpoint: String { file("checkpoint.safetensors") }
  var metrics: String { file("metrics.jsonl") }
  var detections: String { file("detections.json") }
  var evaluation: String { file("evaluation.json") }
  var failure: String { file("failure.safetensors") }
  var failureRecipe: String { file("failure_recipe.json") }

  /// The path of a file in the folder.
  func file(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }

  /// The path of an image that is kept.
  func sample(_ index: Int) -> String { file("sample_\(index).png") }

  /// Makes the folder, where there is none, and keeps other trainings out of it for as long as the lock lives.
  ///
  /// A sweep has a lock of its own, on the log of the trial.
  ///
  /// - Throws: ``TrainingError`` where the folder can't be made, or another training has it; `BundleError` where
  ///   it can't be locked.
  func lock() throws -> FolderLock {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw TrainingError(
        "\(path): can't be made a folder: \(error.localizedDescription); name another one with --out"
      )
    }
    guard let file = try FileLock(file(".lock")) else {
      throw TrainingError(
        "\(path): another training runs in this folder; wait until it has ended, or name another one with --out"
      )
    }
    return FolderLock(file)
  }

  /// Writes recipe and model; the checkpoint to go on from, if there is one, and the steps that its training
  /// had. It may go on beyond them.
  ///
  /// - Throws: ``TrainingError`` where the folder holds a run of something else, or of more steps; `BundleError`
  ///   where a file of it can't be read, or is an input of the command that runs.
  func begin(
    recipe: DetectionRecipe, model: ModelFile, origin: Checkpoint.Origin
  ) throws -> (checkpoint: Checkpoint, steps: Int)? {
    AtomicFile.removeAbandoned(in: path)
    // What a run has written itself is no input, and may be written again.
    let hasCheckpoint = FileManager.default.fileExists(atPath: checkpoint)
    let (found, hasRecipe, stepsBefore) = try InputFiles.$current.withValue(nil) {
      (
        hasCheckpoint ? try Checkpoint(contentsOf: checkpoint) : nil, holds(recipe),
        steps(of: model)
      )
    }
    let parts = [
      (self.recipe, DetectionRecipe.standalone(recipe.node), "recipe", hasRecipe),
      (self.model, model.node, "model file", stepsBefore != nil),
    ]
    let written = [checkpoint, metrics, detections, evaluation, failure, failureRecipe]
    for file in written + (0..<Self.samples).map(sample) { try AtomicFile.check(file) }
    if let found {
      for (_, _, what, isThere) in parts where !isThere {
        throw TrainingError(
          "\(path): belongs to a training with another \(what); name another folder with --out, "
            + "or remove this one")
      }
      if let difference = found.origin.difference(from: origin) {
        throw TrainingError(
          "\(path): belongs to a training with \(difference); name another folder with --out")
      }
      if let stepsBefore, stepsBefore > model.training.steps {
        throw TrainingError(
          "\(path): belongs to a training of \(stepsBefore) steps, not \(model.training.steps); it may go on beyond "
            + "them, not end before: name another folder with --out, or give --steps \(stepsBefore) or more"
        )
      }
    }
    // Written with all defaults, but where a sweep hands the same over in this very folder.
    let inputs = InputFiles.current
    let isLonger = stepsBefore.map { $0 != model.training.steps } ?? false
    for (file, node, what, isThere) in parts
    where !isThere || inputs?.contains(file) != true || what == "model file" && isLonger {
      try write(node, to: file)
    }
    return found.flatMap { found in stepsBefore.map { (found, $0) } }
  }

  /// Whether the folder has a recipe that says the same.
  private func holds(_ recipe: DetectionRecipe) -> Bool {
    guard let bytes = try? InputFile.bytes(of: self.recipe),
      let found = try? JSONNode(parsing: bytes, file: self.recipe)
    else { return false }
    return DetectionRecipe.standalone(found) == DetectionRecipe.standalone(recipe.node)
  }

  /// The steps of the folder's model file if it says the same in all else, whatever it leaves to the defaults.
  private func steps(of model: ModelFile) -> Int? {
    guard let found = try? ModelFile(contentsOf: self.model), found.model == model.model else {
      return nil
    }
    var training = found.training
    training.steps = model.training.steps
    return training == model.training ? found.training.steps : nil
  }

  func write(_ node: JSONNode, to path: String) throws {
    try AtomicFile.write(Array((try node.text() + "\n").utf8), to: path)
  }
}

/// Keeps other trainings out of a folder for as long as it lives.
final class FolderLock: Sendable {
  private let file: FileLock

  init(_ file: consuming FileLock) { self.file = file }
}
