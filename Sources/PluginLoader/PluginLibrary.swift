import Files
import LossCore
import PluginABI

/// A shared library that holds losses, loaded into this process.
///
/// What such a library must export is written in `losskit_plugin.h`. Its code runs with all rights of
/// this process, when it is loaded already: load only what you trust. It stays loaded until the process
/// ends, because a loss may live as long; a file that is replaced meanwhile isn't loaded again.
public struct PluginLibrary: Sendable {
  /// The file, symbolic links resolved.
  public let path: String
  /// The plugin's name, the first part of the names of its losses.
  public let name: String
  let losses: [TableLoss]

  /// Loads the library at `path` and checks everything that its table says.
  ///
  /// - Throws: ``PluginError`` where there is no such file, it isn't a shared library for this kind of
  ///   machine, it doesn't export `losskit_plugin`, or its table is of another version or wrong.
  public init(contentsOf path: String) throws(PluginError) {
    self.path = Path.withoutLinks(path)
    let entryPoint = try entryPoint(of: self.path, named: path)
    guard let table = entryPoint() else {
      throw PluginError(path, "losskit_plugin returned NULL; expected a table of losses")
    }
    let reader = TableReader(library: path)
    try reader.checkVersion(table)
    name = try reader.name(table.pointee.name, "name")
    losses = try reader.losses(of: table.pointee, plugin: name)
  }

  /// The losses of a table that a program has in memory, and leaves as it is until the process ends.
  ///
  /// - Throws: ``PluginError`` where the table is of another version or wrong.
  public init(_ table: UnsafePointer<losskit_table>) throws(PluginError) {
    path = "<table \(table)>"
    let reader = TableReader(library: path)
    try reader.checkVersion(table)
    name = try reader.name(table.pointee.name, "name")
    losses = try reader.losses(of: table.pointee, plugin: name)
  }

  /// What the losses say of themselves, in the order of the table.
  public var declarations: [Declaration] { losses.map(\.declaration) }
}

extension Registry {
  /// Registers the losses of a library as `plugin/loss`; a library that is registered already stays so.
  ///
  /// - Throws: ``PluginError`` where a name is taken, naming both libraries; nothing is registered then.
  public mutating func register(_ library: PluginLibrary) throws(PluginError) {
    guard !holds(pluginAt: library.path) else { return }
    var registry = self
    for loss in library.losses {
      do throws(DuplicateNameError) {
        try registry.register(loss.declaration, from: library.path) {
          values throws(ParameterErrors) in try loss.make(values)
        }
      } catch {
        throw PluginError(library.path, "\(error), or load one of them")
      }
    }
    self = registry
  }

  /// Whether the losses of the library at `path` are registered.
  public func holds(pluginAt path: String) -> Bool {
    let path = Path.withoutLinks(path)
    return losses.entries.contains { $0.origin == path }
  }
}
