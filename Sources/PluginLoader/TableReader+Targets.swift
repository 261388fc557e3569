import PluginABI

// What decides what priors should predict: assigners, match costs, samplers, row weights.

extension TableReader {
  /// The assigners of a plugin.
  func assigners(
    of table: losskit_table, plugin: String
  ) throws(PluginError) -> [TablePart<losskit_assigner>] {
    try parts(
      table.assigners, table.assigner_count, "assigners", of: plugin, \.component
    ) { assigner, place throws(PluginError) in
      try check(
        assigner.reads,
        within: LOSSKIT_STRIDES | LOSSKIT_SCORES | LOSSKIT_BOXES | LOSSKIT_COSTS,
        "\(place).reads")
      try check(assigner.gives, within: LOSSKIT_OVERLAPS | LOSSKIT_QUALITY, "\(place).gives")
      guard assigner.assign != nil else { throw missing("\(place).assign") }
    }
  }

  /// The match costs of a plugin.
  func matchCosts(
    of table: losskit_table, plugin: String
  ) throws(PluginError) -> [TablePart<losskit_match_cost>] {
    try parts(
      table.match_costs, table.match_cost_count, "match_costs", of: plugin, \.component
    ) { cost, place throws(PluginError) in
      try check(
        cost.reads, within: LOSSKIT_STRIDES | LOSSKIT_SCORES | LOSSKIT_BOXES, "\(place).reads")
      guard cost.evaluate != nil else { throw missing("\(place).evaluate") }
    }
  }

  /// The samplers of a plugin.
  func samplers(
    of table: losskit_table, plugin: String
  ) throws(PluginError) -> [TablePart<losskit_sampler>] {
    try parts(
      table.samplers, table.sampler_count, "samplers", of: plugin, \.component
    ) { sampler, place throws(PluginError) in
      try check(
        sampler.reads, within: LOSSKIT_OVERLAPS | LOSSKIT_QUALITY | LOSSKIT_ROW_LOSSES,
        "\(place).reads")
      guard sampler.sample != nil else { throw missing("\(place).sample") }
    }
  }

  /// The row weights of a plugin.
  func rowWeights(
    of table: losskit_table, plugin: String
  ) throws(PluginError) -> [TablePart<losskit_row_weight>] {
    try parts(
      table.row_weights, table.row_weight_count, "row_weights", of: plugin, \.component
    ) { weight, place throws(PluginError) in
      guard [LOSSKIT_SAMPLED_ROWS, LOSSKIT_POSITIVE_ROWS].contains(weight.scope) else {
        throw error(
          "\(place).scope",
          "is \(weight.scope); expected LOSSKIT_SAMPLED_ROWS or LOSSKIT_POSITIVE_ROWS")
      }
      try check(
        weight.reads,
        within: LOSSKIT_SCORES | LOSSKIT_BOXES | LOSSKIT_OVERLAPS | LOSSKIT_QUALITY,
        "\(place).reads")
      guard weight.weigh != nil else { throw missing("\(place).weigh") }
    }
  }

  /// Parts whose structure begins with what all parts but losses have.
  private func parts<Functions>(
    _ start: UnsafePointer<Functions>?, _ count: Int, _ kind: String, of plugin: String,
    _ component: @escaping (Functions) -> losskit_component,
    check: (Functions, _ place: String) throws(PluginError) -> Void
  ) throws(PluginError) -> [TablePart<Functions>] {
    try parts(
      start, count, kind, of: plugin, (at: ".component", of: component)
    ) { functions, place throws(PluginError) in
      let flags = component(functions).flags
      guard flags & ~LOSSKIT_THREAD_SAFE == 0 else {
        throw error("\(place).component.flags", "is \(flags); expected LOSSKIT_THREAD_SAFE or 0")
      }
      try check(functions, place)
    }
  }
}
