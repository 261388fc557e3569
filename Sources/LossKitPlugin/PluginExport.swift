import LossCore
import PluginABI

/// What the entry point of a plugin returns: a table of losses, as `losskit_plugin.h` lays it out.
public typealias PluginTable = UnsafePointer<losskit_table>

/// Losses written in Swift, offered to LossKit from a shared library.
///
///     import LossKitPlugin
///
///     @c public func losskit_plugin() -> PluginTable {
///       PluginExport.table("mine", [CharbonnierLoss.self])
///     }
///
/// A loss that takes both classes and rows of numbers is offered as one of classes. What the C
/// interface has no place for doesn't come along: ``ClassLoss/ignoredClass``,
/// ``ClassLoss/weight(ofClass:)``, ``Loss/activation``, and evaluation over `Double`. A parameter that
/// is a list of anything but numbers is refused when the library is loaded.
public enum PluginExport {
  /// The table of a plugin called `name`; recipes call its losses `name/loss`.
  ///
  /// - Parameters:
  ///   - name: Small letters, digits and underscores, a letter first.
  ///   - losses: The losses, each under its declared name. What one says of itself, such as
  ///     ``DenseLoss/evaluatesElements``, is asked of one with default parameters.
  /// - Returns: A table that stays until the process ends, as LossKit asks of a plugin.
  public static func table(_ name: String, _ losses: [any Loss.Type]) -> PluginTable {
    PluginTable(
      kept([
        losskit_table(
          abi_version: LOSSKIT_ABI_VERSION, name: kept(name),
          losses: kept(losses.map { ExportedLoss($0).entry }), loss_count: losses.count)
      ]))
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
