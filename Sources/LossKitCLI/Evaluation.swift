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

  /// What the priors should predict, from those predictions that are there: a second stage's may be what the
  /// caller will make with the targets.
  ///
  /// - Throws: `BundleError` where the bundle lacks a tensor, or holds what the objective can't use.
  func targets(
    of objective: DetectionObjective, recipe: String, workers: Workers
  ) throws(BundleError) -> [StageTargets] {
    let predictions = try source.predictions(
      objective.predictionNames.filter(source.names.contains))
    do throws(InputError) {
      return try objective.readingWhatIsThere(
        of: predictions,
        for: try objective.targets(for: batch, predictions: predictions, workers: workers),
        workers: workers)
    } catch {
      throw BundleError(file: "\(recipe) on \(source.path)", message: "\(error)")
    }
  }
}

/// A recipe evaluated on a bundle.
struct Evaluation {
  /// The path of the recipe.
  let recipe: String
  let objective: DetectionObjective
  let result: ObjectiveResult<Float>
  /// What is probably wrong with the bundle, or with the recipe for it.
  let warnings: [BundleError]

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
      warnings =
        (bundle.batch.warnings(about: targets) + objective.warnings(about: predictions)).map {
          BundleError(file: place, message: "\($0)")
        }
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
