import Files
import ImageDecoding
import LossCore

extension Image {
  /// Reads a JPEG, PNG, or binary PPM or PGM file; samples are scaled to 8 bits, and grey to colour.
  ///
  /// A photograph is turned upright as its EXIF orientation says, unless `size` tells that it was left as
  /// the camera held it.
  ///
  /// - Parameter size: The size that annotations give; any where left out.
  /// - Throws: ``DataError`` that names the file where it can't be read, has another format, is damaged or
  ///   ends too early, or has another size.
  public init(contentsOf path: String, size: ImageSize? = nil) throws(DataError) {
    let bytes = try fileBytes(path)
    let stored: Image
    switch ImageFormat(bytes) {
    case .jpeg:
      stored = try Self.decoded(path) { () throws(DecodingError) in try .init(jpeg: bytes) }
    case .png: stored = try Self.decoded(path) { () throws(DecodingError) in try .init(png: bytes) }
    default: stored = try NetpbmReader.image(bytes, path: path)
    }
    let orientation = ImageOrientation(exifOf: bytes)
    // Annotations of the pixels as they are stored show by their size, unless the image is square.
    let isKept =
      orientation.isTransposed && size == stored.size && size != stored.size.transposed
    self = isKept ? stored : stored.turned(orientation)
    if let size, size != self.size {
      throw DataError(
        path,
        "is \(width) × \(height) pixels; expected \(size.width) × \(size.height), as its annotations say"
      )
    }
  }

  private static func decoded(
    _ path: String, _ decode: () throws(DecodingError) -> DecodedImage
  ) throws(DataError) -> Image {
    do throws(DecodingError) {
      let image = try decode()
      return Image(width: image.width, height: image.height) { $0 = image.pixels }
    } catch {
      throw DataError(path, "\(error)")
    }
  }
}

extension ImageSize {
  fileprivate var transposed: ImageSize { ImageSize(height: width, width: height) }
}

/// All bytes of the file at `path`.
func fileBytes(_ path: String) throws(DataError) -> [UInt8] {
  do throws(FileError) {
    return try InputFile.bytes(of: path)
  } catch {
    throw DataError(path, "\(error)")
  }
}
