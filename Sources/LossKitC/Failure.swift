import CInterface
import CLibrary
import LossKit

/// What a function of the header fails with.
struct Failure: Error {
  let code: UInt32
  let message: String
  var image: Int?
  var diagnostics: Diagnostics?

  /// Input that can't be used.
  init(_ place: String, _ problem: String, code: UInt32 = LOSSKIT_INVALID_INPUT) {
    self.code = code
    message = "\(place): \(problem)"
  }

  init(_ error: InputError, code: UInt32 = LOSSKIT_INVALID_INPUT) {
    self.code = code
    message = "\(error)"
    image = error.image
  }

  init(_ error: Diagnostics) {
    code = LOSSKIT_INVALID_RECIPE
    message = "\(error)"
    diagnostics = error
  }
}

/// Calls `body`; an error of it becomes one of the header.
func attempt(_ body: () throws(Failure) -> Void) -> UnsafeMutablePointer<losskit_error>? {
  do throws(Failure) {
    try body()
    return nil
  } catch {
    let result = UnsafeMutablePointer<losskit_error>.allocate(capacity: 1)
    result.initialize(
      to: losskit_error(
        code: error.code, image: Int64(error.image ?? -1), message: text(error.message),
        diagnostics: error.diagnostics.flatMap { text(JSONNode($0.all.map(\.node))) }))
    return result
  }
}

/// What `body` returns; what is wrong with input becomes a failure.
func checked<Result>(_ body: () throws(InputError) -> Result) throws(Failure) -> Result {
  do throws(InputError) { return try body() } catch { throw Failure(error) }
}

/// What `pointer` leads to.
func given<Pointee>(
  _ pointer: UnsafePointer<Pointee>?, _ name: String
) throws(Failure) -> UnsafePointer<Pointee> {
  guard let pointer else { throw Failure(name, "is NULL") }
  return pointer
}

/// What `pointer` leads to, to be written.
func given<Pointee>(
  _ pointer: UnsafeMutablePointer<Pointee>?, _ name: String
) throws(Failure) -> UnsafeMutablePointer<Pointee> {
  guard let pointer else { throw Failure(name, "is NULL") }
  return pointer
}

@c @implementation
public func losskit_error_free(_ error: UnsafeMutablePointer<losskit_error>?) {
  guard let error else { return }
  free(UnsafeMutablePointer(mutating: error.pointee.message))
  free(UnsafeMutablePointer(mutating: error.pointee.diagnostics))
  error.deallocate()
}

extension Diagnostic {
  fileprivate var node: JSONNode {
    [
      "file": JSONNode(location.file), "line": JSONNode(location.line),
      "column": JSONNode(location.column), "path": JSONNode("\(path)"),
      "message": JSONNode(message), "suggestion": suggestion.map { JSONNode($0) } ?? .null,
    ]
  }
}
