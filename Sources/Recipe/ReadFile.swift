import Foundation

/// Why a file wasn't read, to be said behind its name.
package struct FileProblem: Error {
  package let message: String
}

/// The bytes of the file at `path`.
///
/// - Parameter limit: The most bytes that it may have.
/// - Throws: ``FileProblem`` where there is no such file, it is a folder, a pipe or a device, it has more
///   bytes, or it can't be read otherwise.
package func readFile(_ path: String, most limit: Int) throws(FileProblem) -> [UInt8] {
  // Without O_NONBLOCK, opening a named pipe would wait for somebody to write to it.
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else {
    throw FileProblem(message: errno == ENOENT ? "no such file" : "can't be read as a file")
  }
  let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  var status = stat()
  guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
    let data = try? file.read(upToCount: limit + 1) ?? Data()
  else { throw FileProblem(message: "can't be read as a file") }
  guard data.count <= limit else {
    throw FileProblem(message: "has more than \(limit) bytes, the most that are read")
  }
  return Array(data)
}
