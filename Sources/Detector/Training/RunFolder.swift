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
    let files = [
      (self.recipe, DetectionRecipe.standalone(recipe.node), "recipe"),
      (self.model, model.node, "model file"),
    ]
    guard FileManager.default.fileExists(atPath: checkpoint) else {
      for (file, node, _) in files { try write(node, to: file) }
      return nil
    }
    let checkpoint = try Checkpoint(contentsOf: checkpoint)
    for (file, node, what) in files {
      guard let data = FileManager.default.contents(atPath: file),
        let found = try? JSONNode(parsing: Array(data), file: file), found == node
      else {
        throw TrainingError(
          "\(path): belongs to a training with another \(what); name another folder with --out, "
            + "or remove this one")
      }
    }
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
    return checkpoint
  }

  func write(_ node: JSONNode, to path: String) throws {
    try AtomicFile.write(Array((try node.text() + "\n").utf8), to: path)
  }
}
