import CInterface
import LossKit
import PluginABI

/// Components that are added to while others read them.
final class RegistryHandle: Handle {
  private let registry: Lock<Registry>

  init() throws(Failure) {
    do throws(DuplicateNameError) {
      registry = Lock(try Registry.builtIn())
    } catch {
      throw Failure("registry", "\(error)")
    }
  }

  var value: Registry { registry.withLock { $0 } }

  func register(_ load: () throws(PluginError) -> PluginLibrary) throws(Failure) {
    do throws(PluginError) {
      let library = try load()
      try registry.withLock { (registry) throws(PluginError) in try registry.register(library) }
    } catch {
      throw Failure("registry", "\(error)")
    }
  }

  /// What `pointer` stands for, or what comes with the library.
  static func components(_ pointer: OpaquePointer?) throws(Failure) -> Registry {
    guard let pointer else { return try builtIn.get().value }
    return at(pointer).value
  }

  private static let builtIn = Result { () throws(Failure) in try RegistryHandle() }
}

@c @implementation
public func losskit_registry_create(
  _ registry: UnsafeMutablePointer<OpaquePointer?>?
) -> UnsafeMutablePointer<losskit_error>? {
  attempt { () throws(Failure) in
    let result = try given(registry, "registry")
    result.pointee = nil
    result.pointee = try RegistryHandle().opaque
  }
}

@c @implementation
public func losskit_registry_add(
  _ registry: OpaquePointer?, _ table: UnsafePointer<losskit_table>?
) -> UnsafeMutablePointer<losskit_error>? {
  attempt { () throws(Failure) in
    let table = try given(table, "table")
    try RegistryHandle.at(registry, "registry").register { () throws(PluginError) in
      try PluginLibrary(table)
    }
  }
}

@c @implementation
public func losskit_registry_load(
  _ registry: OpaquePointer?, _ path: UnsafePointer<CChar>?
) -> UnsafeMutablePointer<losskit_error>? {
  attempt { () throws(Failure) in
    let path = String(cString: try given(path, "path"))
    try RegistryHandle.at(registry, "registry").register { () throws(PluginError) in
      try PluginLibrary(contentsOf: path)
    }
  }
}

@c @implementation
public func losskit_registry_list(_ registry: OpaquePointer?) -> UnsafeMutablePointer<CChar>? {
  guard let registry = try? RegistryHandle.components(registry) else { return nil }
  return text(
    JSONNode(
      ComponentKind.allCases.flatMap { kind in
        kind.entries(in: registry).map { $0.declaration.node(of: kind, from: $0.origin) }
      }))
}

@c @implementation
public func losskit_registry_free(_ registry: OpaquePointer?) { RegistryHandle.free(registry) }
