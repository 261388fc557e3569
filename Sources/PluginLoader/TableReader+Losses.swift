import PluginABI

extension TableReader {
  /// The losses of a plugin.
  func losses(
    of table: losskit_table, plugin: String
  ) throws(PluginError) -> [TablePart<losskit_loss>] {
    try parts(
      table.losses, table.loss_count, "losses", of: plugin, (at: "", of: { $0.component }),
      check: check)
  }

  /// Checks what the loss says of its targets and values, and that it can be called.
  private func check(_ loss: losskit_loss, _ place: String) throws(PluginError) {
    guard [LOSSKIT_CLASSES, LOSSKIT_DENSE, LOSSKIT_BOX_PAIRS].contains(loss.targets) else {
      throw error(
        "\(place).targets",
        "is \(loss.targets); expected LOSSKIT_CLASSES, LOSSKIT_DENSE or LOSSKIT_BOX_PAIRS")
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
    if loss.targets != LOSSKIT_DENSE {
      guard loss.values == LOSSKIT_PER_ROW else {
        let targets = loss.targets == LOSSKIT_BOX_PAIRS ? "boxes" : "classes"
        throw error(
          "\(place).values", "is LOSSKIT_PER_ELEMENT; expected LOSSKIT_PER_ROW for \(targets)")
      }
      guard loss.flags & LOSSKIT_READS_DIFFERENCE == 0 else {
        throw error(
          "\(place).flags", "has LOSSKIT_READS_DIFFERENCE, which is for LOSSKIT_DENSE targets")
      }
    }
    guard loss.evaluate != nil else { throw missing("\(place).evaluate") }
  }
}

extension losskit_loss {
  /// What parts of other kinds have in a structure of its own.
  fileprivate var component: losskit_component {
    losskit_component(
      name: name, summary: summary, formula: formula, source: source, parameters: parameters,
      parameter_count: parameter_count, flags: flags, user: user, create: create,
      destroy: destroy)
  }
}
