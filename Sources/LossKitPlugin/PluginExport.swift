import LossCore
import PluginABI

/// What the entry point of a plugin returns: a table of what it holds, as `losskit_plugin.h` lays it out.
public typealias PluginTable = UnsafePointer<losskit_table>

/// Losses and other parts written in Swift, offered to LossKit from a shared library.
///
///     import LossKitPlugin
///
///     @c public func losskit_plugin() -> PluginTable {
///       PluginExport.table("mine", losses: [CharbonnierLoss.self])
///     }
///
/// A loss that takes both classes and rows of numbers is offered as one of classes. What the C
/// interface has no place for doesn't come along: ``ClassLoss/ignoredClass``,
/// ``ClassLoss/weight(ofClass:)``, ``Loss/activation``, and evaluation over `Double`. A parameter that
/// is a list of anything but numbers is refused when the library is loaded. What assigners, match costs, samplers
/// and row weights read is copied for each call.
public enum PluginExport {
  /// The table of a plugin called `name`; recipes call what it holds `name/part`.
  ///
  /// Each type is offered under its declared name. What one says of itself, such as
  /// ``DenseLoss/evaluatesElements`` or ``Assigner/reads``, is asked of one with default parameters.
  ///
  /// - Parameter name: Small letters, digits and underscores, a letter first.
  /// - Returns: A table that stays until the process ends, as LossKit asks of a plugin.
  public static func table(
    _ name: String, losses: [any Loss.Type] = [], assigners: [any Assigner.Type] = [],
    matchCosts: [any MatchCost.Type] = [], samplers: [any Sampler.Type] = [],
    rowWeights: [any RowWeight.Type] = []
  ) -> PluginTable {
    var table = losskit_table()
    table.abi_version = LOSSKIT_ABI_VERSION
    table.name = kept(name)
    (table.losses, table.loss_count) = (kept(losses.map { losskit_loss($0) }), losses.count)
    (table.assigners, table.assigner_count) = (
      kept(assigners.map { losskit_assigner($0) }), assigners.count
    )
    (table.match_costs, table.match_cost_count) = (
      kept(matchCosts.map { losskit_match_cost($0) }), matchCosts.count
    )
    (table.samplers, table.sampler_count) = (
      kept(samplers.map { losskit_sampler($0) }), samplers.count
    )
    (table.row_weights, table.row_weight_count) = (
      kept(rowWeights.map { losskit_row_weight($0) }), rowWeights.count
    )
    return kept([table])
  }
}

/// A copy of `elements` that is never freed.
func kept<Element>(_ elements: [Element]) -> UnsafePointer<Element> {
  let start = UnsafeMutablePointer<Element>.allocate(capacity: elements.count)
  for (index, element) in elements.enumerated() { (start + index).initialize(to: element) }
  return UnsafePointer(start)
}

/// A copy of `text` for C that is never freed.
func kept(_ text: String) -> UnsafePointer<CChar> { kept(Array(text.utf8CString)) }
