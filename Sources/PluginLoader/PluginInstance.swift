import LossCore
import PluginABI

/// A part of a plugin with its parameters: the C side of a ``PluginPart``.
///
/// Sendable without a check: nothing is written after `init` but by the library itself, which is called
/// from one thread at a time unless it declares that it may be from several.
class PluginInstance<Functions>: @unchecked Sendable {
  let part: TablePart<Functions>
  private let values: ValueList
  private let instance: UnsafeMutablePointer<losskit_instance>
  private var isCreated = false

  /// Prepares the part.
  ///
  /// - Throws: ``ParameterError`` where the plugin refuses the parameters.
  init(of part: TablePart<Functions>, _ parameters: Parameters) throws(ParameterError) {
    self.part = part
    let given = part.declaration.parameters.map { parameters[$0] }
    values = ValueList(given, kinds: part.declaration.parameters.map(\.kind))
    instance = .allocate(capacity: 1)
    instance.initialize(
      to: losskit_instance(
        user: part.component.user, parameters: values.start, parameter_count: given.count,
        state: nil))
    // From here on, `deinit` runs where something throws.
    if let create = part.component.create,
      let reason = part.failure(of: { [instance] in create(instance, $0, $1) })
    {
      throw ParameterError("type", "is \(part.title), which refuses its parameters: \(reason)")
    }
    isCreated = true
  }

  deinit {
    if isCreated, let destroy = part.component.destroy { part.call { destroy(instance) } }
    instance.deallocate()
  }

  /// What `body` returns of the instance.
  func call<Result>(_ body: (UnsafePointer<losskit_instance>) -> Result) -> Result {
    part.call { body(instance) }
  }

  /// The reason that `body` gives where it returns another number than 0.
  func failure(
    of body: (UnsafePointer<losskit_instance>, UnsafeMutablePointer<CChar>?, Int) -> Int32
  ) -> String? {
    part.failure { body(instance, $0, $1) }
  }
}

/// A component of a plugin, which has its declaration from a table rather than from its type.
protocol PluginPart: Component {
  associatedtype Functions
  associatedtype Instance: PluginInstance<Functions>
  var instance: Instance { get }
}

extension PluginPart {
  // What a type needs to be registered, which these types never are: `TablePart` makes them.

  static var declaration: Declaration {
    Declaration(
      name: "plugin", summary: "A part from a shared library.",
      formula: "As the library declares it.", source: "losskit_plugin.h")
  }

  init(parameters: Parameters) throws(ParameterError) {
    throw ParameterError("type", "is a part from a shared library; make it by the registry")
  }

  var declaration: Declaration { instance.part.declaration }
}
