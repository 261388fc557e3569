import Bundle
import Foundation
import Recipe
import StrictJSON

/// The files of a training run.
struct RunFolder: Sendable {
  let path: String

  init(_ path: String) { self.path = path }

  var recipe: String { file("recipe.json") }
  var model: String { file("model.json") }
  var checkpoint: String { file("checkpoint.safetensors") }
  var metrics: String { file("metrics.jsonl") }
  var detections: String { file("detections.json") }
  var failure: String { file("failure.safetensors") }
  var failureRecipe: String { file("failure_recipe.json") }

  /// The path of a file in the folder.
  func file(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }

  /// Writes recipe and model; the checkpoint to go on from, if there is one.
  ///
  /// - Throws: ``TrainingError`` where the folder can't be made, or holds a run of something else.
  func begin(
    recipe: DetectionRecipe, model: ModelFile, seed: UInt64, classNames: [String]
  ) throws -> Checkpoint? {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw TrainingError("\(path): can't be made a folder; name another one with --out")
    }
    AtomicFile.removeAbandoned(in: path)
    let standalone = DetectionRecipe.standalone(recipe.node)
    let checkpoint =
      FileManager.default.fileExists(atPath: checkpoint)
      ? try Checkpoint(contentsOf: checkpoint) : nil
    if let checkpoint {
      try check(checkpoint, recipe: standalone, model: model, seed: seed, classNames: classNames)
    }
    try write(standalone, to: self.recipe)
    try write(model.node, to: self.model)
    return checkpoint
  }

  /// Throws unless the folder's recipe, model file and checkpoint are those of this training.
  private func check(
    _ checkpoint: Checkpoint, recipe: JSONNode, model: ModelFile, seed: UInt64,
    classNames: [String]
  ) throws {
    func other(_ what: String) -> TrainingError {
      TrainingError(
        "\(path): belongs to a training with another \(what); name another folder with --out, "
          + "or remove this one")
    }
    guard let data = FileManager.default.contents(atPath: self.recipe),
      let found = try? JSONNode(parsing: Array(data), file: self.recipe), found == recipe
    else { throw other("recipe") }
    // What a file leaves out counts as filled in: a sweep puts its own in the place of this one.
    guard let found = try? ModelFile(contentsOf: self.model), found.model == model.model,
      found.training == model.training
    else { throw other("model file") }
    guard checkpoint.seed == seed else {
      throw TrainingError(
        "\(path): belongs to a training with seed \(checkpoint.seed), not \(seed); name another "
          + "folder with --out")
    }
    guard checkpoint.classNames == classNames else {
      throw TrainingError(
        "\(path): belongs to a training with the classes \(checkpoint.classNames), not "
          + "\(classNames); name another folder with --out")
    }
  }

  func write(_ node: JSONNode, to path: String) throws {
    try AtomicFile.write(Array((try node.text() + "\n").utf8), to: path)
  }
}
