import Bundle
import LossCore
import LossKernels
import Recipe

/// A model that was trained, read from the folder of its training.
public struct TrainedModel: Sendable {
  /// The names of the classes.
  public let classNames: [String]
  /// The model.
  public private(set) var model: DetectionModel

  /// Reads the recipe, the model file and the checkpoint in a folder.
  ///
  /// - Parameter allowsPlugins: Whether the shared libraries that the recipe names are loaded, which
  ///   runs their code. Else they must be registered already.
  /// - Throws: `Diagnostics` or `BundleError` where a file can't be used.
  public init(in folder: String, registry: Registry, allowsPlugins: Bool = false) throws {
    let folder = RunFolder(folder)
    let checkpoint = try Checkpoint(contentsOf: folder.checkpoint)
    let recipe = try DetectionRecipe(
      contentsOf: folder.recipe, registry: registry, allowsPlugins: allowsPlugins)
    let file = try ModelFile(contentsOf: folder.model)
    classNames = checkpoint.origin.classNames
    model = try DetectionModel(
      recipe.objective, classes: classNames.count, settings: file.model,
      seed: checkpoint.origin.seed)
    try checkpoint.restore(&model)
  }

  /// What the model finds on images, the surest first.
  ///
  /// - Throws: `InputError` where a prediction isn't finite.
  public mutating func detect(
    on images: [Image], engine: Engine = Engine()
  ) throws(InputError) -> [[Detection]] {
    let examples = images.enumerated().map { index, image in
      Example(
        name: "", id: index, image: image, objects: GroundTruth(boxes: [], labels: []))
    }
    var found: [[Detection]] = []
    for example in examples {
      // One at a time, as images may differ in size.
      found += try model.detect(on: [example], engine).map(\.detections)
    }
    return found
  }
}
