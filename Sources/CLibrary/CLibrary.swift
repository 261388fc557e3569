// The C library, whatever it is called here. Foundation brings it too, and 50 MB into a library that is
// linked with Swift's own libraries; so nothing from LossKit downwards imports that.
#if canImport(Glibc)
  @_exported import Glibc
#elseif canImport(Musl)
  @_exported import Musl
#else
  @_exported import Darwin
#endif

/// The value of an environment variable, or `nil` if it isn't set.
public func environmentVariable(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }
}
