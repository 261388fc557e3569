import Foundation

/// What glibc's allocator does with freed memory. Its Swift module lacks the functions; where the C library
/// is another, nothing happens.
package enum Allocator {
  /// Keeps freed memory as a process does that has run for a while: arrays of up to 32 MiB come from the
  /// heap, of which 64 MiB may lie free.
  ///
  /// glibc comes to this by itself as arrays are freed, so that without it the time of a work would depend on
  /// those measured before.
  package static func keepFreedMemory() {
    let set = symbol("mallopt", as: (@convention(c) (CInt, CInt) -> CInt).self)
    let (trimThreshold, mapThreshold): (CInt, CInt) = (-1, -3)
    _ = set?(mapThreshold, 32 << 20)
    _ = set?(trimThreshold, 64 << 20)
  }

  /// Gives the system back what is free.
  static func releaseFreedMemory() {
    _ = symbol("malloc_trim", as: (@convention(c) (Int) -> CInt).self)?(0)
  }

  private static func symbol<Function>(_ name: String, as type: Function.Type) -> Function? {
    dlsym(nil, name).map { unsafeBitCast($0, to: type) }
  }
}
