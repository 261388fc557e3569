import ResourceLimits

/// The pixels of a JPEG or PNG file, as they are stored: whichever way up.
package struct DecodedImage: Sendable, Equatable {
  /// The number of columns, at least 1.
  package let width: Int
  /// The number of rows, at least 1.
  package let height: Int
  /// Red, green and blue of each pixel, row by row: 3 · width · height bytes.
  package let pixels: [UInt8]

  /// Decodes a JPEG file by the system's libjpeg-turbo, on macOS by ImageIO.
  ///
  /// Four inks (CMYK) are read as Adobe's programs write them, inverted: a pixel's red is C · K / 255.
  ///
  /// - Throws: ``DecodingError`` where the file is damaged, its end is missing, it declares too many pixels,
  ///   or the library isn't there.
  package init(jpeg bytes: [UInt8]) throws(DecodingError) {
    #if canImport(ImageIO)
      self = try decodeByImageIO(bytes)
    #else
      self = try JPEGLibrary.shared.get().decode(bytes)
    #endif
  }

  /// Decodes a PNG file by the system's libpng, on macOS by ImageIO.
  ///
  /// Samples of 16 bits are scaled to 8, palettes and grey become colours, and transparency is left out.
  ///
  /// - Throws: ``DecodingError`` as for JPEG.
  package init(png bytes: [UInt8]) throws(DecodingError) {
    #if canImport(ImageIO)
      self = try decodeByImageIO(bytes)
    #else
      self = try PNGLibrary.shared.get().decode(bytes)
    #endif
  }

  init(width: Int, height: Int, pixels: [UInt8]) {
    (self.width, self.height, self.pixels) = (width, height, pixels)
  }

  /// The product of the sides that a file declares, which memory will be set aside for.
  static func checkedArea(_ width: Int, _ height: Int) throws(DecodingError) -> Int {
    guard width > 0, height > 0, let area = product(of: [width, height]),
      area <= Limits.imagePixels
    else {
      throw DecodingError(
        "declares \(width) × \(height) pixels; expected 1 to \(Limits.imagePixels) in all")
    }
    return area
  }
}

/// Why an image can't be decoded: a clause without the file's name.
package struct DecodingError: Error, Equatable, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }

  /// What a library says of a file that is damaged.
  static func damaged(_ kind: String, _ message: String) -> Self {
    Self("is a damaged \(kind) file (\(message)); copy or save it again, or leave it out")
  }
}
