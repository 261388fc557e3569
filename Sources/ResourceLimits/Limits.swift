/// How much what is read may ask for: recipes, bundles, plugins, sweeps, trainings.
///
/// What is beyond a limit is refused with a message that names it, before anything is sized by it; of what
/// is only shown, what is beyond is left out. The article on limits has the same list for users; a test
/// holds the two against each other, so that a limit is written `static let name = digits`.
package enum Limits {
  // MARK: Files

  /// Bytes of a file that is read as a whole. What is larger wouldn't fit in memory with what is made of it;
  /// a file with holes may claim any size.
  package static let fileBytes = 4_294_967_296

  // MARK: JSON

  /// Levels to which arrays and objects may nest, read or written, and keys of a path.
  ///
  /// Bounds the stack wherever a value is walked: at 128 levels each walk of StrictJSON fits into the
  /// 512 KiB of a secondary thread on Darwin, even unoptimized.
  package static let jsonDepth = 128

  // MARK: Recipes

  /// Bytes of a recipe's file.
  package static let recipeBytes = 4_194_304
  /// Recipes that extend one another.
  package static let recipeFiles = 64
  /// Bytes of a layout.
  package static let layoutBytes = 256
  /// Elements of a list that a parameter takes, of each list where it takes lists.
  package static let listElements = 65_536

  // MARK: Formulas

  /// Characters of a formula's text.
  package static let formulaCharacters = 16_384
  /// Operations of a formula, and names that it gives.
  package static let formulaOperations = 1000
  /// Levels to which brackets and arguments of a formula nest.
  package static let formulaDepth = 64

  // MARK: Objectives

  /// Stages of a template.
  package static let stageRepeats = 100
  /// Columns of a row that a loss reads.
  package static let columns = 65_536
  /// Priors of a cell, on all levels together.
  package static let cellPriors = 65_536
  /// Priors of a stage in all images of a batch together.
  package static let priors = 33_554_432

  // MARK: Bundles

  /// Bytes of the header of a safetensors file, as the format demands.
  package static let headerBytes = 100_000_000

  // MARK: Plugins

  /// Parts of one kind, such as losses, of a plugin.
  package static let pluginParts = 1024
  /// Parameters of a part of a plugin.
  package static let pluginParameters = 64
  /// Texts that a plugin's parameter lets choose from.
  package static let pluginChoices = 64
  /// Bytes of a name in a plugin's table.
  package static let pluginNameBytes = 64
  /// Bytes of another text in a plugin's table.
  package static let pluginTextBytes = 4096

  // MARK: Detector

  /// Classes of the reference detector: beyond it a list of classes is none.
  package static let classes = 65_536
  /// Weights of all layers of a model file together, and of a head's last layer: 1 GiB, and three times as
  /// much again for their gradient and the optimizer's memory.
  package static let weights = 268_435_456
  /// Channels of a convolution.
  package static let convolutionChannels = 4096
  /// Rows and columns of bins of a region.
  package static let roiSize = 64
  /// Rows and columns of points in a bin.
  package static let roiSamples = 16
  /// Outputs of a fully connected layer.
  package static let roiChannels = 65_536
  /// Detections of an image.
  package static let imageDetections = 100_000
  /// Steps of a training.
  package static let steps = 10_000_000
  /// Images of a batch.
  package static let batchImages = 1024
  /// Bytes of the pixels that a training keeps of images it has used, beside those of a batch.
  package static let cachedBytes = 1_073_741_824

  // MARK: Data

  /// Pixels along a side of an image of a data set: beyond it a size is a slip.
  package static let imageSide = 65_536
  /// Problems of annotations that are told.
  package static let annotationDiagnostics = 50
  /// Pixels along a side of a scene.
  package static let sceneSide = 4096
  /// Scenes of a data set: beyond it a count is a slip; the generator could tell 2³² scenes apart.
  package static let scenes = 1_000_000
  /// Random numbers that `losskit try` draws.
  package static let drawnNumbers = 100_000_000

  // MARK: Sweeps

  /// Trials of a sweep, and values or seeds that it lists.
  package static let sweepTrials = 10_000
  /// Parameters of a sweep.
  package static let sweepParameters = 1000
  /// Trials that run at once.
  package static let trialsAtOnce = 1024
  /// Bytes of a `result.json`; its metrics take a hundredth of that.
  package static let resultBytes = 8_000_000
  /// Bytes of a line of `metrics.jsonl`; 20,000 metrics fit in it.
  package static let logLineBytes = 1_048_576
  /// Lines of `metrics.jsonl` that a report is drawn from; an even number.
  package static let logLines = 4096
  /// Metrics that are kept of a line.
  package static let logMetrics = 1000
  /// Names of a group of numbers that a report draws.
  package static let logNames = 40
  /// Bytes of a `detections.json`.
  package static let detectionsBytes = 8_000_000
  /// Images of a `detections.json` that are read: what fits a page.
  package static let samples = 12
  /// Detections on one of them.
  package static let sampleDetections = 40
  /// Bytes of images that a page holds.
  package static let pageImageBytes = 2_000_000

  // MARK: Messages

  /// Characters of a name that another is suggested for: the time grows with the square.
  package static let suggestionCharacters = 128

  /// Errors of a file that are told.
  package static let diagnostics = 100

  /// Unicode scalars of an error's place, and of what it says; more are cut out of its middle.
  package static let messageScalars = 2000
}
