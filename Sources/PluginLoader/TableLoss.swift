import LossCore
import LossKernels
import PluginABI

/// A loss of a plugin's table, checked.
///
/// Sendable without a check: the header has a table stay as it is until the process ends.
struct TableLoss: @unchecked Sendable {
  /// The name, `plugin/loss`, formula, source and parameters.
  let declaration: Declaration
  /// What messages call the library.
  let library: String
  let functions: losskit_loss
  let turns: Turns

  /// What messages call the loss.
  var title: String { "\(declaration.name) of \(library)" }

  /// Makes the loss from values for its parameters.
  ///
  /// - Throws: ``ParameterErrors`` where a value is wrong, or the plugin refuses them together.
  func make(_ given: [String: ParameterValue]) throws(ParameterErrors) -> any Loss {
    let parameters = try declaration.resolve(given)
    do throws(ParameterError) {
      let instance = try PluginInstance(of: self, parameters)
      return functions.targets == LOSSKIT_CLASSES
        ? PluginClassLoss(instance: instance) : PluginDenseLoss(instance: instance)
    } catch {
      throw ParameterErrors(component: declaration.name, errors: [error])
    }
  }

  /// Calls into the library: at once where the loss is safe for several threads, else in turn with the
  /// other calls.
  func call<Result: Sendable>(_ body: () -> Result) -> Result {
    functions.flags & LOSSKIT_THREAD_SAFE != 0 ? body() : turns.take(body)
  }

  /// Room for a reason that a function gives.
  static let errorSize = 512

  /// What `body` returns, and the reason that it wrote where that isn't 0.
  func failure(of body: (UnsafeMutablePointer<CChar>?) -> Int32) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Self.errorSize) { buffer in
      buffer.initialize(repeating: 0)
      let status = call { body(buffer.baseAddress) }
      guard status != 0 else { return nil }
      let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      let text = printable(String(decoding: bytes, as: UTF8.self))
      return text.isEmpty ? "status \(status) without a reason" : text
    }
  }
}

/// Lets the calls into one library run one after another.
final class Turns: Sendable {
  private let mutex = Lock(())

  func take<Result: Sendable>(_ body: () -> Result) -> Result {
    mutex.withLock { _ in body() }
  }
}
