import Files
import Foundation
import LossCore
import Recipe
import StrictJSON

/// A sweep file, read and checked: what it trains, with which seeds, and how.
///
/// The plan is a pure function of the file and of the recipes that it names, and so is each of its
/// trials. The trial of variant v and seed s has the position s · variants + v, seeds outermost, so that
/// all variants have been seen once before any is seen twice.
public struct SweepPlan: Sendable {
  /// The largest integer up to which Double holds all of them.
  static let largestInteger = 9_007_199_254_740_992.0

  /// What reports call the sweep; the file's name where it gives none.
  public let name: String
  /// What the file says about itself.
  public let description: String?
  /// The number that trials are compared by.
  public var metric: SweepMetric
  /// The paths whose values vary, in the order of the file.
  public let parameters: [JSONPath]
  /// What is compared.
  public let variants: [SweepVariant]
  /// The position of the variant that is the base recipe, unchanged; `nil` if none is.
  public let base: Int?
  /// The seeds that each variant is trained with, or with the first of them where there is a rule.
  public let seeds: [Int]
  /// How many of the seeds are spent, where the results decide that.
  public let seedRule: SeedRule?
  /// How a trial is trained.
  public let command: TrainerCommand
  /// The images to train with: a path, or what else the trainer knows.
  public let data: String
  /// The images to evaluate with, where the file names some.
  public let validation: String?
  /// The share of the data to train with, where the rest is to measure with.
  public let split: Double?
  /// When running trials are stopped because others are better, if they are.
  public let earlyTermination: EarlyTermination?
  /// Whether trials train the reference detector, by the command that the library gives them.
  public let trainsReferenceDetector: Bool
  /// How many seconds a trial may take, if there is a limit.
  public let timeLimit: Double?
  /// How many seconds a trainer that is to end has for a checkpoint.
  public let graceTime: Double
  /// How many trials run at once, if the file says.
  public let concurrency: Int?
  /// Whether trials write event files for TensorBoard into their folders.
  public let writesEvents: Bool
  /// The file as it was read.
  private let file: JSONNode
  /// The folder of the file, to which the file's paths are relative.
  let folder: String
  /// The folder of the results where no other is named: `runs/FILE` beside the file.
  public let standardOutput: String
  /// What all results depend on but the seeds: the trainer, the data, what variants are changes of.
  let meaning: JSONNode
  /// The number of each trial's folder by position; `nil` where that is the position.
  var numbers: [Int]?

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
    let url = URL(filePath: path).absoluteURL
    var reader = SweepReader()
    let declaration = reader.declaration(
      node, defaultName: url.deletingPathExtension().lastPathComponent)
    if let diagnostics = Diagnostics(reader.diagnostics) { throw diagnostics }
    guard let declaration else {
      throw Diagnostics(Diagnostic(at: node.location, "the sweep declares nothing"))
    }
    file = node
    folder = url.deletingLastPathComponent().path(percentEncoded: false)
    standardOutput =
      folder + "runs/" + url.deletingPathExtension().lastPathComponent
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
    seedRule = declaration.seedRule
    trainsReferenceDetector = declaration.command == nil
    command = TrainerCommand(
      words: declaration.command
        ?? TrainerCommand.standard(
          hasValidation: declaration.validation != nil, hasSplit: declaration.split != nil,
          writesEvents: declaration.writesEvents))
    var meaning = declaration.meaning
    if let base = builder.baseParts {
      meaning.set(
        "base",
        to: ["recipe": Meaning.nameless(base.recipe), "model": Meaning.nameless(base.model)])
    }
    self.meaning = JSONNode(meaning)
    data = declaration.data
    validation = declaration.validation
    split = declaration.split
    earlyTermination = declaration.earlyTermination
    timeLimit = declaration.timeLimit
    graceTime = declaration.graceTime
    concurrency = declaration.concurrency
    writesEvents = declaration.writesEvents
  }

  /// How many trials there are.
  public var trialCount: Int { variants.count * seeds.count }

  /// The trial with the number `index`, or `nil` if there is none.
  public func trial(_ index: Int) -> SweepTrial? {
    guard let numbers else { return (0..<trialCount).contains(index) ? trial(at: index) : nil }
    return numbers.firstIndex(of: index).map(trial(at:))
  }

  /// The trial of a variant and a seed, both by their positions.
  func trial(variant: Int, seed: Int) -> SweepTrial {
    trial(at: seed * variants.count + variant)
  }

  /// All trials in their order.
  public var trials: [SweepTrial] { (0..<trialCount).map(trial(at:)) }

  private func trial(at position: Int) -> SweepTrial {
    let variant = position % variants.count
    return SweepTrial(
      index: numbers?[position] ?? position, variantIndex: variant, variant: variants[variant],
      seed: seeds[position / variants.count])
  }

  /// Where the file sets what leads to `path` in a recipe or model file: the key of the parameter, or the
  /// whole file where several might.
  public func location(ofParameter path: JSONPath) -> SourceLocation {
    let places = [file["parameters"]].compactMap(\.self) + (file["list"]?.elements ?? [])
    let member = places.lazy.flatMap(\.members).first { member in
      let key = try? JSONPath(parsing: member.key, at: member.keyLocation)
      return key.map { $0.components.starts(with: path.components) } ?? false
    }
    return member?.keyLocation ?? file.location
  }

  /// Where the file has the value at `path`; the whole file where it has none.
  public func location(of path: JSONPath) -> SourceLocation {
    (file[path] ?? file).location
  }

  /// The absolute path of what the file names: relative to the file where something lies there, and
  /// otherwise as it stands, since the trainer may know other names than those of files.
  public func resolved(_ name: String) -> String {
    let path = URL(filePath: name, relativeTo: URL(filePath: folder, directoryHint: .isDirectory))
      .absoluteURL.path(percentEncoded: false)
    return FileManager.default.fileExists(atPath: path) ? path : name
  }
}
