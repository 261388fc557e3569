import Files

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
  do throws(FileError) {
    return try InputFile.bytes(of: path)
  } catch {
    throw DataError(path, "\(error)")
  }
}
