import Foundation

extension Image {
  /// Reads a binary PPM or PGM file; samples are scaled to 8 bits, and grey to colour.
  ///
  /// - Throws: ``DataError`` that names the file where it can't be read, has another format, or ends too
  ///   early.
  public init(contentsOf path: String) throws(DataError) {
    self = try NetpbmReader.image(try fileBytes(path), path: path)
  }
}

/// All bytes of the file at `path`.
func fileBytes(_ path: String) throws(DataError) -> [UInt8] {
  var isFolder: ObjCBool = false
  guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
    throw DataError(path, "no such file")
  }
  guard !isFolder.boolValue else { throw DataError(path, "is a folder; expected a file") }
  do {
    return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  } catch {
    throw DataError(path, "can't be read: \(error.localizedDescription)")
  }
}
