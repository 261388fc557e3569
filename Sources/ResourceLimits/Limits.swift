/// How much what is read may ask for: recipes, bundles, plugins.
///
/// What is beyond a limit is refused with a message that names it, before anything is sized by it. The
/// article on limits has the same list for users; a test holds the two against each other, so that a
/// limit is written `static let name = digits`.
package enum Limits {
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

  // MARK: Objectives

  /// Columns of a row that a loss reads.
  package static let columns = 65_536
  /// Priors of a cell, on all levels together.
  package static let cellPriors = 65_536
  /// Priors that a stage lays on feature maps, in all images of a batch together.
  package static let priors = 33_554_432

  // MARK: Bundles

  /// Bytes of the header of a safetensors file, as the format demands.
  package static let headerBytes = 100_000_000

  // MARK: Plugins

  /// Losses of a plugin.
  package static let pluginLosses = 1024
  /// Parameters of a plugin's loss.
  package static let pluginParameters = 64
  /// Texts that a plugin's parameter lets choose from.
  package static let pluginChoices = 64
  /// Bytes of a name in a plugin's table.
  package static let pluginNameBytes = 64
  /// Bytes of another text in a plugin's table.
  package static let pluginTextBytes = 4096

  // MARK: Messages

  /// Errors of a file that are told.
  package static let diagnostics = 100

  /// Unicode scalars of an error's place, and of what it says; more are cut out of its middle.
  package static let messageScalars = 2000
}
