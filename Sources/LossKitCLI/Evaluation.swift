import LossKit

/// A bundle that was opened: its tensors and its images.
struct OpenBundle {
  let source: any TensorSource
  let batch: DetectionBatch

  /// Opens the bundle at `path`.
  init(_ path: String) throws(BundleError) {
    source = try openBundle(path)
    batch = try DetectionBatch(source)
  }
}

/// A recipe evaluated on a bundle.
struct Evaluation {
  /// The path of the recipe.
  let recipe: String
  let objective: DetectionObjective
  let result: ObjectiveResult<Float>

  /// Evaluates the recipe `objective`, read from `recipe`, on `bundle`.
  ///
  /// - Throws: `BundleError` where the bundle lacks a tensor, or holds what the objective can't use.
  init(
    _ objective: DetectionObjective, from recipe: String, on bundle: OpenBundle, gradients: Bool,
    workers: Workers
  ) throws(BundleError) {
    // Either file may be to blame: a layout, or a tensor.
    let place = "\(recipe) on \(bundle.source.path)"
    let predictions: [String: Tensor<Float>]
    do throws(BundleError) {
      predictions = try bundle.source.predictions(objective.predictionNames)
    } catch {
      throw BundleError(file: place, message: error.message)
    }
    do throws(InputError) {
      let targets = try objective.targets(
        for: bundle.batch, predictions: predictions, workers: workers)
      result = try objective.evaluate(
        predictions, against: targets, gradients: gradients, workers: workers)
    } catch {
      throw BundleError(file: place, message: "\(error)")
    }
    self.recipe = recipe
    self.objective = objective
  }
}

extension TermResult {
  /// The stage and the term: `rpn.rpn_box`.
  var path: String { "\(stage).\(name)" }
}
