import CLibrary

extension BundleError {
  /// The error that the system call just made on `file` left in `errno`: `cannot <action>: <reason>`.
  package static func system(_ action: String, _ file: String) -> BundleError {
    let reason = String(cString: strerror(errno))
    return BundleError(file: file, message: "cannot \(action): \(reason)")
  }
}
