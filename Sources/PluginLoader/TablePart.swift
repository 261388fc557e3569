import CLibrary
import LossCore
import PluginABI

/// A part of a plugin's table, such as a loss, checked.
///
/// Sendable without a check: the header has a table stay as it is until the process ends.
struct TablePart<Functions>: @unchecked Sendable {
  /// The name, `plugin/part`, formula, source and parameters.
  let declaration: Declaration
  /// What messages call the library.
  let library: String
  /// What parts of all kinds have.
  let component: losskit_component
  /// What the kind has.
  let functions: Functions

  /// What messages call the part.
  var title: String { "\(declaration.name) of \(library)" }

  /// What a registry has of the part, of a library at `path`, with `make` to make it from checked parameters.
  func entry<Part>(
    from path: String,
    _ make: @escaping @Sendable (Self, Parameters) throws(ParameterError) -> Part
  ) -> Catalog<Part>.Entry {
    Catalog<Part>.Entry(declaration, from: path) { given throws(ParameterErrors) in
      let parameters = try declaration.resolve(given)
      do throws(ParameterError) {
        return try make(self, parameters)
      } catch {
        throw ParameterErrors(component: declaration.name, errors: [error])
      }
    }
  }

  /// Calls into the library: at once where the part is safe for several threads, else in turn with all
  /// other calls.
  func call<Result>(_ body: () -> Result) -> Result {
    component.flags & LOSSKIT_THREAD_SAFE != 0 ? body() : Turns.shared.take(body)
  }

  /// What `body` returns, and the reason that it wrote where that isn't 0.
  func failure(of body: (UnsafeMutablePointer<CChar>?, _ size: Int) -> Int32) -> String? {
    // Room for a reason.
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
      buffer.initialize(repeating: 0)
      let status = call { body(buffer.baseAddress, buffer.count) }
      guard status != 0 else { return nil }
      let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      let text = printable(String(decoding: bytes, as: UTF8.self))
      return text.isEmpty ? "status \(status) without a reason" : text
    }
  }
}

/// Lets calls run one after another. A call may make another in its turn: an assigner asks for match costs.
///
/// One for all libraries: two assigners that ask for costs of each other's library would wait for ever, if each
/// library had its own. Sendable without a check: nothing but the lock is in it.
private final class Turns: @unchecked Sendable {
  static let shared = Turns()

  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  private init() {
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_RECURSIVE))
    pthread_mutex_init(lock, &attributes)
    pthread_mutexattr_destroy(&attributes)
  }

  func take<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return body()
  }
}
