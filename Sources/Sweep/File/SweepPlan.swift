import Files
import Foundation
import LossCore
import Recipe
import StrictJSON

/// A sweep file, read and checked: what it trains, with which seeds, and how.
///
/// The plan is a pure function of the file and of the recipes that it names, and so is each of its
/// trials: the trial of variant v and seed s has the index s · variants + v, seeds outermost, so that
/// all variants have been seen once before any is seen twice, and more seeds may be added at the end.
public struct SweepPlan: Sendable {
  /// The largest integer up to which Double holds all of them.
  static let largestInteger = 9_007_199_254_740_992.0

  /// What reports call the sweep; the file's name where it gives none.
  public let name: String
  /// What the file says about itself.
  public let description: String?
  /// The number that trials are compared by.
  public let metric: SweepMetric
  /// The paths whose values vary, in the order of the file.
  public let parameters: [JSONPath]
  /// What is compared.
  public let variants: [SweepVariant]
  /// The position of the variant that is the base recipe, unchanged; `nil` if none is.
  public let base: Int?
  /// The seeds that each variant is trained with.
  public let seeds: [Int]
  /// How a trial is trained.
  public let command: TrainerCommand
  /// The images to train with: a path, or what else the trainer knows.
  public let data: String
  /// The images to evaluate with, where the file names some.
  public let validation: String?
  /// How many seconds a trial may take, if there is a limit.
  public let timeLimit: Double?
  /// How many trials run at once, if the file says.
  public let concurrency: Int?
  /// The folder of the file, to which the file's paths are relative.
  let folder: String

  /// Reads the sweep file at `path`, and checks it and every recipe that it makes.
  ///
  /// - Parameter allowsPlugins: Whether the shared libraries that the recipes name are loaded, which
  ///   runs their code. Else they must be registered already.
  /// - Throws: ``Diagnostics`` with every error of the file, or of the recipes.
  public init(
    contentsOf path: String, registry: Registry, allowsPlugins: Bool = false
  ) throws(Diagnostics) {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try InputFile.bytes(of: path)
    } catch {
      throw Diagnostics(Diagnostic(at: SourceLocation(file: path), "\(error)"))
    }
    let node = try JSONNode(parsing: bytes, file: path)
    let url = URL(filePath: path)
    var reader = SweepReader()
    let declaration = reader.declaration(
      node, defaultName: url.deletingPathExtension().lastPathComponent)
    if let diagnostics = Diagnostics(reader.diagnostics) { throw diagnostics }
    guard let declaration else {
      throw Diagnostics(Diagnostic(at: node.location, "the sweep declares nothing"))
    }
    folder = url.deletingLastPathComponent().path(percentEncoded: false)
    var builder = VariantBuilder(
      declaration, folder: folder, registry: registry, allowsPlugins: allowsPlugins)
    let variants = builder.variants(at: node)
    if let diagnostics = Diagnostics(builder.diagnostics) { throw diagnostics }
    self.variants = variants.all
    base = variants.base
    name = declaration.name
    description = declaration.description
    metric = declaration.metric
    parameters = builder.varying
    seeds = declaration.seeds
    command = TrainerCommand(words: declaration.command)
    data = declaration.data
    validation = declaration.validation
    timeLimit = declaration.timeLimit
    concurrency = declaration.concurrency
  }

  /// How many trials there are.
  public var trialCount: Int { variants.count * seeds.count }

  /// The trial at `index`, or `nil` if there is none.
  public func trial(_ index: Int) -> SweepTrial? {
    guard (0..<trialCount).contains(index) else { return nil }
    let variant = index % variants.count
    return SweepTrial(
      index: index, variantIndex: variant, variant: variants[variant],
      seed: seeds[index / variants.count])
  }

  /// All trials in their order.
  public var trials: [SweepTrial] {
    (0..<trialCount).compactMap { trial($0) }
  }

  /// Everything that the results depend on, as the folder of the results keeps it.
  var definition: JSONNode {
    // By name, so that a variant that was added or left out is told as such.
    var named = JSONObject()
    for (index, variant) in variants.enumerated() {
      named.set(
        variant.name,
        to: ["position": JSONNode(index), "recipe": variant.recipe, "model": variant.model])
    }
    return JSONNode(
      JSONObject([
        "metric": ["name": JSONNode(metric.name), "goal": JSONNode(metric.goal.rawValue)],
        "seeds": JSONNode(seeds.map { JSONNode($0) }),
        "command": JSONNode(command.words.map { JSONNode($0) }),
        "data": JSONNode(data),
        "validation": validation.map { JSONNode($0) },
        "variants": JSONNode(named),
      ]))
  }

  /// The absolute path of what the file names: relative to the file where something lies there, and
  /// otherwise as it stands, since the trainer may know other names than those of files.
  func resolved(_ name: String) -> String {
    let path = URL(filePath: name, relativeTo: URL(filePath: folder, directoryHint: .isDirectory))
      .absoluteURL.path(percentEncoded: false)
    return FileManager.default.fileExists(atPath: path) ? path : name
  }
}
