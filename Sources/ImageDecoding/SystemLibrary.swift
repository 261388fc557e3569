import CLibrary

/// A shared library of the system that is opened when it is needed, so that nobody else has to have it.
///
/// It stays open until the process ends.
struct SystemLibrary {
  private let name: String
  private let package: String
  private let handle: UnsafeMutableRawPointer

  /// Opens the library `name`, which `package` of Debian holds.
  init(_ name: String, package: String) throws(DecodingError) {
    guard let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
      throw DecodingError(
        "needs \(name) to be read, which isn't there: 'apt install \(package)' brings it on Debian and "
          + "Ubuntu; or convert the image to PPM")
    }
    (self.name, self.package, self.handle) = (name, package, handle)
  }

  /// The function of this name, whose type is that of the library's header.
  func function<Function>(_ symbol: String) throws(DecodingError) -> Function {
    guard let address = dlsym(handle, symbol) else {
      throw DecodingError(
        "needs the function \(symbol), which \(name) doesn't have; install \(package) of a newer version"
      )
    }
    return unsafeBitCast(address, to: Function.self)
  }
}
