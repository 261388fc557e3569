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

  /// Checks the version, before anything else of the table is read.
  func checkVersion(_ table: UnsafePointer<losskit_table>) throws(PluginError) {
    _ = try elements(table, 1, "the table", most: 1)
    let version = table.pointee.abi_version
    guard version == LOSSKIT_ABI_VERSION else {
      throw PluginError(
        library,
        "is made for version \(version) of losskit_plugin.h, and this LossKit knows version "
          + "\(LOSSKIT_ABI_VERSION); rebuild it with the header of this LossKit")
    }
  }

  /// The losses, checked.
  func losses(
    of table: losskit_table, plugin: String
  ) throws(PluginError) -> [TableLoss] {
    let turns = Turns()
    var losses: [TableLoss] = []
    for (index, loss) in try elements(
      table.losses, table.loss_count, "losses", most: Limits.pluginLosses
    ).enumerated() {
      let place = "losses[\(index)]"
      let declaration = try declaration(of: loss, plugin: plugin, place)
      guard !losses.contains(where: { $0.declaration.name == declaration.name }) else {
        throw error("\(place).name", "is that of another loss; expected each name once")
      }
      try checkShape(of: loss, place)
      losses.append(
        TableLoss(declaration: declaration, library: library, functions: loss, turns: turns))
    }
    return losses
  }

  private func declaration(
    of loss: losskit_loss, plugin: String, _ place: String
  ) throws(PluginError) -> Declaration {
    let name = try name(loss.name, "\(place).name")
    return Declaration(
      name: "\(plugin)/\(name)", summary: try text(loss.summary, "\(place).summary"),
      formula: try text(loss.formula, "\(place).formula", hasLines: true),
      source: try text(loss.source, "\(place).source"),
      parameters: try parameters(of: loss, place))
  }

  /// Checks what the loss says of its targets and values, and that it can be called.
  private func checkShape(of loss: losskit_loss, _ place: String) throws(PluginError) {
    guard [LOSSKIT_CLASSES, LOSSKIT_DENSE].contains(loss.targets) else {
      throw error(
        "\(place).targets", "is \(loss.targets); expected LOSSKIT_CLASSES or LOSSKIT_DENSE")
    }
    guard [LOSSKIT_PER_ROW, LOSSKIT_PER_ELEMENT].contains(loss.values) else {
      throw error(
        "\(place).values", "is \(loss.values); expected LOSSKIT_PER_ROW or LOSSKIT_PER_ELEMENT")
    }
    guard loss.flags & ~(LOSSKIT_THREAD_SAFE | LOSSKIT_READS_DIFFERENCE) == 0 else {
      throw error(
        "\(place).flags",
        "is \(loss.flags); expected a sum of LOSSKIT_THREAD_SAFE and LOSSKIT_READS_DIFFERENCE")
    }
    if loss.targets == LOSSKIT_CLASSES {
      guard loss.values == LOSSKIT_PER_ROW else {
        throw error(
          "\(place).values", "is LOSSKIT_PER_ELEMENT; expected LOSSKIT_PER_ROW for classes")
      }
      guard loss.flags & LOSSKIT_READS_DIFFERENCE == 0 else {
        throw error(
          "\(place).flags", "has LOSSKIT_READS_DIFFERENCE, which is for LOSSKIT_DENSE targets")
      }
    }
    guard loss.evaluate != nil else {
      throw error("\(place).evaluate", "is NULL; expected a function")
    }
  }
}
