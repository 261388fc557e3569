import Files
import LossCore
import PluginABI

/// A shared library that holds parts of objectives, loaded into this process.
///
/// What such a library must export is written in `losskit_plugin.h`. Its code runs with all rights of
/// this process, when it is loaded already: load only what you trust. It stays loaded until the process
/// ends, because a part may live as long; a file that is replaced meanwhile isn't loaded again.
public struct PluginLibrary: Sendable {
  /// The file, symbolic links resolved.
  public let path: String
  /// The plugin's name, the first part of the names of what it holds.
  public let name: String
  let losses: [TablePart<losskit_loss>]
  let assigners: [TablePart<losskit_assigner>]
  let matchCosts: [TablePart<losskit_match_cost>]
  let samplers: [TablePart<losskit_sampler>]
  let rowWeights: [TablePart<losskit_row_weight>]

  /// Loads the library at `path` and checks everything that its table says.
  ///
  /// - Throws: ``PluginError`` where there is no such file, it isn't a shared library for this kind of
  ///   machine, it doesn't export `losskit_plugin`, or its table is of another version or wrong.
  public init(contentsOf path: String) throws(PluginError) {
    let file = Path.withoutLinks(path)
    let entryPoint = try entryPoint(of: file, named: path)
    guard let table = entryPoint() else {
      throw PluginError(path, "losskit_plugin returned NULL; expected a table")
    }
    try self.init(table, ofLibraryAt: file, named: path)
  }

  /// The parts of a table that a program has in memory, and leaves as it is until the process ends.
  ///
  /// - Throws: ``PluginError`` where the table is of another version or wrong.
  public init(_ table: UnsafePointer<losskit_table>) throws(PluginError) {
    let place = "<table \(table)>"
    try self.init(table, ofLibraryAt: place, named: place)
  }

  /// Checks everything that the table of the library at `path`, which messages call `name`, says.
  init(
    _ start: UnsafePointer<losskit_table>, ofLibraryAt path: String, named library: String
  ) throws(PluginError) {
    let reader = TableReader(library: library)
    let table = try reader.table(at: start)
    self.path = path
    name = try reader.name(table.name, "name")
    losses = try reader.losses(of: table, plugin: name)
    assigners = try reader.assigners(of: table, plugin: name)
    matchCosts = try reader.matchCosts(of: table, plugin: name)
    samplers = try reader.samplers(of: table, plugin: name)
    rowWeights = try reader.rowWeights(of: table, plugin: name)
    guard !declarations.isEmpty else {
      throw PluginError(library, "has an empty table; put a loss or another part into it")
    }
  }

  /// What the parts say of themselves, in the order of the table.
  public var declarations: [Declaration] {
    losses.map(\.declaration) + assigners.map(\.declaration) + matchCosts.map(\.declaration)
      + samplers.map(\.declaration) + rowWeights.map(\.declaration)
  }
}

extension Registry {
  /// Registers what a library holds as `plugin/part`; a library that is registered already stays so.
  ///
  /// - Throws: ``PluginError`` where a name is taken, naming both libraries; nothing is registered then.
  public mutating func register(_ library: PluginLibrary) throws(PluginError) {
    let path = library.path
    guard !holds(pluginAt: path) else { return }
    var registry = self
    do throws(DuplicateNameError) {
      for loss in library.losses {
        try registry.losses.add(
          loss.entry(from: path) { loss, parameters throws(ParameterError) in
            let instance = try LossInstance(of: loss, parameters)
            return switch loss.functions.targets {
            case LOSSKIT_CLASSES: PluginClassLoss(instance: instance)
            case LOSSKIT_BOX_PAIRS: PluginBoxLoss(instance: instance)
            default: PluginDenseLoss(instance: instance)
            }
          })
      }
      for assigner in library.assigners {
        try registry.assigners.add(
          assigner.entry(from: path) { assigner, parameters throws(ParameterError) in
            PluginAssigner(instance: try PluginInstance(of: assigner, parameters))
          })
      }
      for cost in library.matchCosts {
        try registry.costs.add(
          cost.entry(from: path) { cost, parameters throws(ParameterError) in
            PluginMatchCost(instance: try PluginInstance(of: cost, parameters))
          })
      }
      for sampler in library.samplers {
        try registry.samplers.add(
          sampler.entry(from: path) { sampler, parameters throws(ParameterError) in
            PluginSampler(instance: try PluginInstance(of: sampler, parameters))
          })
      }
      for weight in library.rowWeights {
        try registry.rowWeights.add(
          weight.entry(from: path) { weight, parameters throws(ParameterError) in
            PluginRowWeight(instance: try PluginInstance(of: weight, parameters))
          })
      }
    } catch {
      throw PluginError(path, "\(error), or load one of them")
    }
    self = registry
  }

  /// Whether what the library at `path` holds is registered.
  public func holds(pluginAt path: String) -> Bool {
    let path = Path.withoutLinks(path)
    return ComponentKind.allCases.contains { kind in
      kind.entries(in: self).contains { $0.origin == path }
    }
  }
}
