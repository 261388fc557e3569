/// An object that the caller of C functions holds: counted once for as long as it does.
protocol Handle: AnyObject, Sendable {}

extension Handle {
  /// The pointer that stands for a new handle.
  var opaque: OpaquePointer { OpaquePointer(Unmanaged.passRetained(self).toOpaque()) }

  /// What `pointer` stands for.
  static func at(_ pointer: OpaquePointer?, _ name: String) throws(Failure) -> Self {
    guard let pointer else { throw Failure(name, "is NULL") }
    return at(pointer)
  }

  /// What `pointer` stands for.
  static func at(_ pointer: OpaquePointer) -> Self {
    Unmanaged<Self>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
  }

  /// Lets go of what `pointer` stands for.
  static func free(_ pointer: OpaquePointer?) {
    guard let pointer else { return }
    Unmanaged<Self>.fromOpaque(UnsafeRawPointer(pointer)).release()
  }
}
