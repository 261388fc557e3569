import LossCore
import PluginABI
import ResourceLimits

/// Reads the table of a plugin and believes nothing in it.
///
/// A place in the table is written as C would, `losses[1].parameters[0].name`, for the author of the
/// plugin. What can't be checked is whether a pointer that isn't NULL leads anywhere.
struct TableReader {
  /// What messages call the library.
  let library: String

  /// The table as this version has it; nothing is read beyond the end that its own version has.
  func table(at start: UnsafePointer<losskit_table>) throws(PluginError) -> losskit_table {
    _ = try elements(start, 1, "the table", most: 1)
    let version = start.pointee.abi_version
    guard (1...LOSSKIT_ABI_VERSION).contains(version) else {
      throw PluginError(
        library,
        "is made for version \(version) of losskit_plugin.h, and this LossKit knows versions 1 to "
          + "\(LOSSKIT_ABI_VERSION); rebuild it with the header of this LossKit")
    }
    let size =
      (version == 1 ? MemoryLayout<losskit_table>.offset(of: \.assigners) : nil)
      ?? MemoryLayout<losskit_table>.size
    var table = losskit_table()
    withUnsafeMutableBytes(of: &table) {
      $0.copyMemory(from: UnsafeRawBufferPointer(start: start, count: size))
    }
    return table
  }

  /// The parts of one kind, checked.
  ///
  /// - Parameters:
  ///   - kind: The array's name in the table.
  ///   - plugin: The plugin's name.
  ///   - component: What parts of all kinds have, and its place in one of this kind.
  ///   - check: Checks the rest, at a place.
  func parts<Functions>(
    _ start: UnsafePointer<Functions>?, _ count: Int, _ kind: String, of plugin: String,
    _ component: (at: String, of: (Functions) -> losskit_component),
    check: (Functions, _ place: String) throws(PluginError) -> Void
  ) throws(PluginError) -> [TablePart<Functions>] {
    if count == 0 { return [] }
    var parts: [TablePart<Functions>] = []
    for (index, functions) in try elements(start, count, kind, most: Limits.pluginParts)
      .enumerated()
    {
      let place = "\(kind)[\(index)]"
      let common = component.of(functions)
      let declaration = try declaration(of: common, plugin: plugin, place + component.at)
      guard !parts.contains(where: { $0.declaration.name == declaration.name }) else {
        throw error(
          "\(place)\(component.at).name", "is that of another one; expected each name once")
      }
      try check(functions, place)
      parts.append(
        TablePart(
          declaration: declaration, library: library, component: common, functions: functions))
    }
    return parts
  }

  private func declaration(
    of component: losskit_component, plugin: String, _ place: String
  ) throws(PluginError) -> Declaration {
    let name = try name(component.name, "\(place).name")
    return Declaration(
      name: "\(plugin)/\(name)", summary: try text(component.summary, "\(place).summary"),
      formula: try text(component.formula, "\(place).formula", hasLines: true),
      source: try text(component.source, "\(place).source"),
      parameters: try parameters(of: component, place))
  }
}
